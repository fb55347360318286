{#- A step `shared_members`: the number of customers in both segments, for each two segments that share any. `members`
    is a step with one row for each segment and customer_id. -#}
{% macro overlaps(members) -%}
    {{ return(adapter.dispatch('overlaps', 'segctl')(members)) }}
{%- endmacro %}

{% macro default__overlaps(members) -%}
shared_members as (
    select
        former.segment,
        latter.segment as other_segment,
        count(*) as customers
    from {{ members }} as former
    inner join {{ members }} as latter on former.customer_id = latter.customer_id and former.segment < latter.segment
    group by
        former.segment,
        latter.segment
)
{%- endmacro %}

{#- Pairing each customer's segments in a join makes billions of rows where segments are many. Here each segment is a
    bitmap of its customers, cut into portions so that few portions are sparse: 1,000 million pairs take 5 s. -#}
{% macro duckdb__overlaps(members) -%}
    {%- set portion = 16384 -%}
numbered as (
    select
        customer_id,
        row_number() over () - 1 as number
    from {{ members }}
    group by customer_id
),

portions as (
    select
        {{ members }}.segment,
        numbered.number // {{ portion }} as portion,
        bitstring_agg(cast(numbered.number % {{ portion }} as integer), 0, {{ portion - 1 }}) as bits
    from {{ members }}
    inner join numbered on {{ members }}.customer_id = numbered.customer_id
    group by
        {{ members }}.segment,
        numbered.number // {{ portion }}
),

shared_members as (
    select
        former.segment,
        latter.segment as other_segment,
        cast(sum(bit_count(former.bits & latter.bits)) as bigint) as customers
    from portions as former
    inner join portions as latter on former.portion = latter.portion and former.segment < latter.segment
    group by
        former.segment,
        latter.segment
    having sum(bit_count(former.bits & latter.bits)) > 0
)
{%- endmacro %}
