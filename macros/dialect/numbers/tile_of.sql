{#- The tile of a place as ntile assigns it: tiles of one size, the first ones with one more where that does not come
    out even. -#}
{% macro tile_of(place, ranked, tiles) -%}
    {%- set remainder = 'mod(' ~ ranked ~ ', ' ~ tiles ~ ')' -%}
    {%- set size = 'cast((' ~ ranked ~ ' - ' ~ remainder ~ ') / ' ~ tiles ~ ' as bigint)' -%}
    {%- set larger = remainder ~ ' * (' ~ size ~ ' + 1)' -%}
    {{ return(
        'cast(case when ' ~ place ~ ' <= ' ~ larger ~ ' then ' ~ segctl.groups_before(place ~ ' - 1', size ~ ' + 1') ~ ' + 1 else '
        ~ remainder ~ ' + ' ~ segctl.groups_before(place ~ ' - 1 - ' ~ larger, size) ~ ' + 1 end as bigint)'
    ) }}
{%- endmacro %}

{#- The number of whole groups of a size before a place; engines divide whole numbers differently. -#}
{% macro groups_before(number, size) -%}
    {{ return('cast((' ~ number ~ ' - mod(' ~ number ~ ', ' ~ size ~ ')) / (' ~ size ~ ') as bigint)') }}
{%- endmacro %}
