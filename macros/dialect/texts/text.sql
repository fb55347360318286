{#- Any text as an SQL string literal. The renderer calls it for texts that Jinja or an engine could misread. -#}
{% macro text(value) -%}
    {{ return(adapter.dispatch('text', 'segctl')(value)) }}
{%- endmacro %}

{#- Texts as such literals, by text. One call for all of them: a macro takes longer than the text. No text of ours holds NUL. -#}
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

{#- In Spark a doubled quote ends a text and begins another, a backslash takes the next character with it, and `${…}` is
    replaced by a setting, in texts too. -#}
{% macro spark__text(value) -%}
    '{{ value | replace("\\", "\\\\") | replace("'", "\\'") | replace("${", "$\\{") }}'
{%- endmacro %}

{#- In Snowflake a backslash takes the next character with it. -#}
{% macro snowflake__text(value) -%}
    '{{ value | replace("\\", "\\\\") | replace("'", "''") }}'
{%- endmacro %}

{#- BigQuery doubles no quotes, and a text ends with its line. -#}
{% macro bigquery__text(value) -%}
    '{{ value | replace("\\", "\\\\") | replace("'", "\\'") | replace("\n", "\\n") | replace("\r", "\\r") }}'
{%- endmacro %}

{#- In Redshift, unlike PostgreSQL, a backslash takes the next character with it. -#}
{% macro redshift__text(value) -%}
    '{{ value | replace("\\", "\\\\") | replace("'", "''") }}'
{%- endmacro %}
