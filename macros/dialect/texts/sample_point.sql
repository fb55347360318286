{#- The point of a key in a sample with a salt: eight hexadecimal digits, which compare as text. -#}
{% macro sample_point(key, salt) -%}
    {{ return(adapter.dispatch('sample_point', 'segctl')(key, salt)) }}
{%- endmacro %}

{% macro default__sample_point(key, salt) -%}
    substr({{ segctl.md5_of([segctl.text(salt ~ ':'), 'cast(' ~ key ~ ' as ' ~ dbt.type_string() ~ ')']) }}, 1, 8)
{%- endmacro %}

{% macro postgres__sample_point(key, salt) -%}
    {{ segctl.default__sample_point(key, salt) }} collate "C"
{%- endmacro %}

{#- Redshift sorts by code point and has no collation "C". -#}
{% macro redshift__sample_point(key, salt) -%}
    {{ segctl.default__sample_point(key, salt) }}
{%- endmacro %}
