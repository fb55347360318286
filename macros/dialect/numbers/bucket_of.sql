{#- The bucket of a key, from 0 to 63. -#}
{% macro bucket_of(key) -%}
    {{ return(adapter.dispatch('bucket_of', 'segctl')(key)) }}
{%- endmacro %}

{#- By MD5, which every engine has: the first hexadecimal digit gives 4 values, the second 16. -#}
{% macro default__bucket_of(key) -%}
    {%- set digits = segctl.md5_of(['cast(' ~ key ~ ' as ' ~ dbt.type_string() ~ ')']) -%}
    {%- set place -%}
        {%- for digit in '123456789abcdef' %} when '{{ digit }}' then {{ loop.index }}{% endfor -%}
    {%- endset -%}
    mod(case substr({{ digits }}, 1, 1){{ place }} else 0 end, 4) * 16
        + case substr({{ digits }}, 2, 1){{ place }} else 0 end
{%- endmacro %}

{% macro duckdb__bucket_of(key) -%}
    cast(hash({{ key }}) % 64 as integer)
{%- endmacro %}

{% macro postgres__bucket_of(key) -%}
    cast(mod(abs(mod(hash_record_extended(row({{ key }}), 0), 64)), 64) as integer)
{%- endmacro %}

{% macro spark__bucket_of(key) -%}
    cast(pmod(xxhash64({{ key }}), 64) as int)
{%- endmacro %}

{#- Redshift differs from PostgreSQL here. -#}
{% macro redshift__bucket_of(key) -%}
    {{ segctl.default__bucket_of(key) }}
{%- endmacro %}
