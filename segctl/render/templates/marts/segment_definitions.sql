{{ config(materialized='lasting_view') }}

with definition_versions as (
    select *
    from {{ ref('definition_versions') }}
),

published as (
    select max(as_of) as as_of
    from {{ ref('segment_runs') }}
)

select
    definition_versions.segment,
    definition_versions.valid_from,
    case when definition_versions.valid_to <= published.as_of then definition_versions.valid_to end as valid_to,
    definition_versions.version,
    definition_versions.definition_hash,
    definition_versions.enabled,
    definition_versions.entity,
    definition_versions.label,
    definition_versions.description,
    definition_versions.owner,
    definition_versions.tags,
    definition_versions.exclusive_group,
    definition_versions.formerly,
    definition_versions.replayable,
    definition_versions.changing_attributes,
    definition_versions.rule,
    definition_versions.canonical_definition,
    definition_versions.source_file,
    definition_versions.git_commit
from definition_versions
cross join published
where definition_versions.valid_from <= published.as_of
