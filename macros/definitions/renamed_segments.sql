{#- Steps that end in `renamed`, one row for each pair: a new segment (`segment`) with the meaning and entity of one
    whose definition is gone (`former`). This looks like a new name without `formerly`, and the past would be lost with
    the old name. No run has published the new segment, and one has published the former. Names that this run allows are
    left out. Reads the steps `declared`, `earlier`, `latest` and `standing` of definition_versions. -#}
{% macro renamed_segments(evaluated) -%}
published as (
    {{ evaluated | indent(4) }}
),

gone as (
    select
        earlier.segment,
        earlier.definition_hash,
        earlier.entity,
        standing.segment is not null as is_standing
    from earlier
    inner join latest on earlier.segment = latest.segment and earlier.version = latest.version
    inner join published on earlier.segment = published.segment
    left join standing on earlier.segment = standing.segment
    left join declared on earlier.segment = declared.segment
    where declared.segment is null
),

renamed as (
    select
        declared.segment,
        gone.segment as former
    from declared
    inner join gone on declared.definition_hash = gone.definition_hash and declared.entity = gone.entity
    left join published on declared.segment = published.segment
    left join standing on declared.segment = standing.segment and declared.definition_hash = standing.definition_hash
    where
        published.segment is null
        -- A segment that began when the former was already gone has been allowed.
        and (standing.segment is null or gone.is_standing)
        and not {{ segctl.is_allowed('declared.segment', segctl.allowed_names()) }}
)
{%- endmacro %}
