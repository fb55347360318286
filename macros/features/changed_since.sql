{#- The condition that a row of one of our tables of features has been written since the last finished run, or that one of other
    `stamps` has been; nothing where everybody's row is computed. -#}
{% macro changed_since(known, stamps=('changed_at',)) -%}
    {%- set later = ' > ' ~ segctl.timestamp_of(known.as_of) if known else '' -%}
    {{ return('where ' ~ stamps | join(later ~ ' or ') ~ later if known else '') }}
{%- endmacro %}
