{#- The condition that one of the `stamps` of a row of features is later than the last finished run; empty where all
    rows are computed. -#}
{% macro changed_since(known, stamps=('changed_at',)) -%}
    {%- set later = ' > ' ~ segctl.timestamp_of(known.as_of) if known else '' -%}
    {{ return('where ' ~ stamps | join(later ~ ' or ') ~ later if known else '') }}
{%- endmacro %}
