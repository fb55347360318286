{#- A pattern as Java reads it: there `$` is also before a line break at the end, and `\z` is the end alone. -#}
{% macro java_pattern(pattern) -%}
    {%- set parts = [] -%}
    {%- for part in modules.re.findall('\\\\.|[^\\\\]', pattern) -%}
        {%- do parts.append('\\z' if part == '$' else part) -%}
    {%- endfor -%}
    {{ return(parts | join) }}
{%- endmacro %}
