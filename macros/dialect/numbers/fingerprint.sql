{#- A number that changes when the rows of a group change, in whatever order they are read: the sum of their hashes. -#}
{% macro fingerprint(columns) -%}
    {{ return(adapter.dispatch('fingerprint', 'segctl')(columns)) }}
{%- endmacro %}

{% macro default__fingerprint(columns) -%}
    cast(sum(cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0))) % 2305843009213693951 as bigint)
{%- endmacro %}

{% macro duckdb__fingerprint(columns) -%}
    cast(sum(hash({{ columns | join(', ') }})) % 2305843009213693951 as bigint)
{%- endmacro %}

{% macro postgres__fingerprint(columns) -%}
    cast(mod(sum(hash_record_extended(row({{ columns | join(', ') }}), 0)), 2305843009213693951) as bigint)
{%- endmacro %}

{#- Snowflake has an aggregate for it. -#}
{% macro snowflake__fingerprint(columns) -%}
    cast(hash_agg({{ columns | join(', ') }}) as bigint)
{%- endmacro %}

{#- BigQuery hashes texts only. -#}
{% macro bigquery__fingerprint(columns) -%}
    cast(mod(sum(cast(farm_fingerprint(to_json_string(struct({{ columns | join(', ') }}))) as bignumeric)), 2305843009213693951) as int64)
{%- endmacro %}

{#- Redshift hashes one value after the other, each with the hash of those before it as its seed. -#}
{% macro redshift__fingerprint(columns) -%}
    {%- set chained = namespace(hash='0') -%}
    {%- for column in columns -%}
        {%- set chained.hash = 'fnv_hash(coalesce(fnv_hash(' ~ column ~ '), 0), ' ~ chained.hash ~ ')' -%}
    {%- endfor -%}
    cast(mod(sum(cast({{ chained.hash }} as decimal(38, 0))), 2305843009213693951) as bigint)
{%- endmacro %}

{#- Trino has an aggregate for it. -#}
{% macro trino__fingerprint(columns) -%}
    from_big_endian_64(checksum(row({{ columns | join(', ') }})))
{%- endmacro %}
