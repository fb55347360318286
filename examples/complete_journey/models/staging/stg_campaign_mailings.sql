with campaigns as (
    select *
    from {{ source('complete_journey', 'campaigns') }}
),

campaign_descriptions as (
    select *
    from {{ source('complete_journey', 'campaign_descriptions') }}
)

select
    cast(campaigns.household_id as varchar) || '-' || cast(campaigns.campaign_id as varchar) as mailing_id,
    campaigns.household_id,
    cast(campaigns.campaign_id as varchar) as campaign_id,
    campaign_descriptions.campaign_type,
    cast(campaign_descriptions.start_date as date) as start_date,
    cast(campaign_descriptions.end_date as date) as end_date
from campaigns
inner join campaign_descriptions
    on campaigns.campaign_id = campaign_descriptions.campaign_id
