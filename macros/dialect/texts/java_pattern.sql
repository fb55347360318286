{#- A pattern as Java reads it, where `$` also matches before a final line break and only `\z` matches the end. -#}
{% macro java_pattern(pattern) -%}
    {%- set parts = [] -%}
    {%- for part in modules.re.findall('\\\\.|[^\\\\]', pattern) -%}
        {%- do parts.append('\\z' if part == '$' else part) -%}
    {%- endfor -%}
    {{ return(parts | join) }}
{%- endmacro %}
