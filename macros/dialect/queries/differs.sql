{#- The condition that two expressions differ, where NULL is a value like any other. -#}
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

{#- Redshift has no `is distinct from`; decode treats two NULLs as equal. -#}
{% macro redshift__differs(one, other) -%}
    decode({{ one }}, {{ other }}, 0, 1) = 1
{%- endmacro %}
