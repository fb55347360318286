{#- Any text as an SQL string literal. The renderer calls it for texts that Jinja or an engine could misread. -#}
{% macro text(value) -%}
    {{ return(adapter.dispatch('text', 'segctl')(value)) }}
{%- endmacro %}

{#- Several texts as literals, by text. One call serves all: a call costs more than the text. None of our texts holds
    NUL. -#}
{% macro texts(values) %}
    {%- set literals = {} -%}
    {%- set joined = segctl.text(values | join('\u0000')) -%}
    {%- for value, literal in zip(values, joined[1:-1].split('\u0000')) -%}
        {%- do literals.update({value: "'" ~ literal ~ "'"}) -%}
    {%- endfor -%}
    {{ return(literals) }}
{% endmacro %}

{% macro default__text(value) -%}
    '{{ value | replace("'", "''") }}'
{%- endmacro %}

{#- In Spark a doubled quote ends one text and begins another, a backslash escapes the next character, and `${…}` is
    replaced by a setting even within text. -#}
{% macro spark__text(value) -%}
    '{{ value | replace("\\", "\\\\") | replace("'", "\\'") | replace("${", "$\\{") }}'
{%- endmacro %}

{#- In Snowflake a backslash escapes the next character. -#}
{% macro snowflake__text(value) -%}
    '{{ value | replace("\\", "\\\\") | replace("'", "''") }}'
{%- endmacro %}

{#- In BigQuery a quote is not doubled, and a text ends with its line. -#}
{% macro bigquery__text(value) -%}
    '{{ value | replace("\\", "\\\\") | replace("'", "\\'") | replace("\n", "\\n") | replace("\r", "\\r") }}'
{%- endmacro %}

{#- In Redshift, unlike PostgreSQL, a backslash escapes the next character. -#}
{% macro redshift__text(value) -%}
    '{{ value | replace("\\", "\\\\") | replace("'", "''") }}'
{%- endmacro %}
