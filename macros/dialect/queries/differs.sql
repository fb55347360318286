{#- The condition that two expressions differ, where NULL is a value like others. -#}
{% macro differs(one, other) -%}
    {{ return(adapter.dispatch('differs', 'segctl')(one, other)) }}
{%- endmacro %}

{% macro default__differs(one, other) -%}
    {{ one }} is distinct from {{ other }}
{%- endmacro %}

{#- BigQuery does not compare lists. -#}
{% macro bigquery__differs(one, other) -%}
    to_json_string({{ one }}) != to_json_string({{ other }})
{%- endmacro %}

{#- Redshift does not know `is distinct from`; to decode two NULLs are equal. -#}
{% macro redshift__differs(one, other) -%}
    decode({{ one }}, {{ other }}, 0, 1) = 1
{%- endmacro %}
