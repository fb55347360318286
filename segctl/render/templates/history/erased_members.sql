{{ config(materialized='ephemeral') }}

-- `erase` writes this table. dbt does not build it: the next run creates it if it is missing.
select
    entity,
    salt,
    member_hash,
    erased_at
from {{ segctl.model_relation('erased_members') }}
