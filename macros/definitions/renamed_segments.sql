{#- Steps that end in `renamed`: new segments (`segment`) that mean what another one meant, of the same entity, whose definition
    is gone (`former`), one row a pair. That is what a new name without `formerly` looks like, and the past would be lost
    with the old name. Nobody has published a new one yet, and a gone one somebody has. Reads the steps `declared`, `earlier`,
    `latest` and `standing` of definition_versions; none that this run lets pass. -#}
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
        -- One that has begun beside a segment that was gone by then has been let pass.
        and (standing.segment is null or gone.is_standing)
        and not {{ segctl.is_allowed('declared.segment', segctl.allowed_names()) }}
)
{%- endmacro %}
