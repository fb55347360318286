{#- A number that changes when the rows of a group change, whatever their order: the sum of the hashes of the columns. -#}
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
