{{ config(materialized='ephemeral') }}

-- A table that `erase` writes to. dbt does not build it: a run that does not find it makes it.
select
    entity,
    salt,
    member_hash,
    erased_at
from {{ segctl.model_relation('erased_members') }}
