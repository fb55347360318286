{#- Any text as an SQL string literal. The renderer calls it for texts that Jinja or an engine could misread. -#}
{% macro text(value) -%}
    {{ return(adapter.dispatch('text', 'segctl')(value)) }}
{%- endmacro %}

{% macro default__text(value) -%}
    '{{ value | replace("'", "''") }}'
{%- endmacro %}

{#- In Spark a doubled quote ends a text and begins another, and a backslash takes the next character with it. -#}
{% macro spark__text(value) -%}
    '{{ value | replace("\\", "\\\\") | replace("'", "\\'") }}'
{%- endmacro %}
