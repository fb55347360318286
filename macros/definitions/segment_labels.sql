{#- A step `segment_labels`: every segment that was ever defined, with the label, owner, tags and entity of its latest
    published definition. -#}
{% macro segment_labels() -%}
segment_labels as (
    select
        segment,
        label,
        owner,
        tags,
        entity
    from (
        select
            segment,
            label,
            owner,
            tags,
            entity,
            row_number() over (partition by segment order by version desc) as place
        from {{ ref('segment_definitions') }}
    ) as versions
    where place = 1
)
{%- endmacro %}
