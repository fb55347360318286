with coupon_redemptions as (
    select *
    from {{ source('complete_journey', 'coupon_redemptions') }}
),

campaign_descriptions as (
    select *
    from {{ source('complete_journey', 'campaign_descriptions') }}
)

select
    cast(coupon_redemptions.household_id as varchar)
    || '-' || cast(coupon_redemptions.coupon_upc as varchar)
    || '-' || cast(coupon_redemptions.campaign_id as varchar)
    || '-' || cast(cast(coupon_redemptions.redemption_date as date) as varchar) as redemption_id,
    coupon_redemptions.household_id,
    cast(coupon_redemptions.coupon_upc as varchar) as coupon_upc,
    cast(coupon_redemptions.campaign_id as varchar) as campaign_id,
    campaign_descriptions.campaign_type,
    cast(coupon_redemptions.redemption_date as date) as redemption_date
from coupon_redemptions
inner join campaign_descriptions
    on coupon_redemptions.campaign_id = campaign_descriptions.campaign_id
