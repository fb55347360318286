-- Whether today's models computed the features of the last run, and no later run has changed them.
select
    as_of,
    coalesce(features_hash = {{ segctl.features_hash() }}, false)
    and not exists (
        select 1
        from {{ ref('customer_features') }} as features
        where features.changed_at > runs.as_of
    ) as is_known
from {{ ref('segment_runs') }} as runs
where as_of = (select max(as_of) from {{ ref('segment_runs') }})
