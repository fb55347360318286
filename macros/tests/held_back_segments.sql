{#- A question: which segments did a guard hold back in the last run? -#}
{% macro held_back_segments() -%}
select
    'segment_sizes' as subject,
    {{ dbt.concat(['segment', "' is held back by '", 'held_by']) }} as fault,
    1 as occurrences
from {{ ref('segment_sizes') }}
where
    held_by is not null
    and as_of = (select max(as_of) from {{ ref('segment_sizes') }})
{%- endmacro %}
