with accounts as (
    select * from {{ ref('raw_accounts') }}
)

select
    account_id,
    name as account_name,
    industry,
    employees,
    country,
    contract_renews_on
from accounts
