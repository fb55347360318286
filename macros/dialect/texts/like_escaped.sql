{#- The condition that a text column is like a pattern, in which ! escapes the next character. -#}
{% macro like_escaped(column, pattern) -%}
    {{ return(adapter.dispatch('like_escaped', 'segctl')(column, pattern)) }}
{%- endmacro %}

{% macro default__like_escaped(column, pattern) -%}
    {{ column }} like {{ segctl.text(pattern) }} escape '!'
{%- endmacro %}

{#- BigQuery has no `escape` clause; a backslash escapes. -#}
{% macro bigquery__like_escaped(column, pattern) -%}
    {%- set escaped = modules.re.sub('!([!%_])', '\\\\\\1', pattern | replace('\\', '\\\\')) -%}
    {{ column }} like {{ segctl.text(escaped) }}
{%- endmacro %}
