with products as (
    select * from {{ ref('raw_products') }}
)

select
    product_id,
    name as product_name,
    category,
    cast(price as numeric(12, 2)) as price
from products
