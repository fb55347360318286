{#- The condition that two expressions differ, where NULL is a value like any other. -#}
{% macro differs(left, right) -%}
    {{ return(adapter.dispatch('differs', 'segctl')(left, right)) }}
{%- endmacro %}

{% macro default__differs(left, right) -%}
    {{ left }} is distinct from {{ right }}
{%- endmacro %}

{#- BigQuery does not compare lists. -#}
{% macro bigquery__differs(left, right) -%}
    to_json_string({{ left }}) != to_json_string({{ right }})
{%- endmacro %}

{#- Redshift has no `is distinct from`; decode treats two NULLs as equal. -#}
{% macro redshift__differs(left, right) -%}
    decode({{ left }}, {{ right }}, 0, 1) = 1
{%- endmacro %}
