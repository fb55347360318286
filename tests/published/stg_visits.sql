-- Every basket is a visit, also a second one on the same day.
select
    basket_id,
    household_id,
    bought_at,
    date_diff(
        'day',
        lag(cast(bought_at as date)) over (partition by household_id order by bought_at, basket_id),
        cast(bought_at as date)
    ) as days_since_previous
from {{ ref('stg_baskets') }}
