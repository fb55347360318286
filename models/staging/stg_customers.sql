with customers as (
    select * from {{ ref('raw_customers') }}
)

select
    customer_id,
    first_name,
    last_name,
    city,
    date_of_birth,
    signed_up_at,
    acquisition_channel,
    marketing_consent,
    company_size,
    account_id,
    lower(trim(email)) as email,
    upper(trim(country)) as country,
    string_to_array(nullif(interests, ''), '|') as interests
from customers
