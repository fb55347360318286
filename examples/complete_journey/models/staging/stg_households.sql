with transactions as (
    select household_id
    from {{ source('complete_journey', 'transactions') }}
),

demographics as (
    select *
    from {{ source('complete_journey', 'demographics') }}
),

campaigns as (
    select household_id
    from {{ source('complete_journey', 'campaigns') }}
),

-- union, not union all: each household once
households as (
    select household_id
    from transactions
    union
    select household_id
    from demographics
    union
    select household_id
    from campaigns
)

select
    households.household_id,
    demographics.age as age_band,
    demographics.income as income_band,
    demographics.home_ownership,
    demographics.marital_status,
    demographics.household_size,
    demographics.household_comp as household_composition,
    demographics.kids_count,
    demographics.kids_count != '0' as has_kids
from households
left join demographics
    on households.household_id = demographics.household_id
