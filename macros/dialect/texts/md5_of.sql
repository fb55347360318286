{#- The MD5 of concatenated texts, a list of SQL expressions, in hexadecimal. -#}
{% macro md5_of(texts) -%}
    {{ return(adapter.dispatch('md5_of', 'segctl')(texts)) }}
{%- endmacro %}

{% macro default__md5_of(texts) -%}
    md5(concat({{ texts | join(', ') }}))
{%- endmacro %}

{#- In BigQuery MD5 returns bytes. -#}
{% macro bigquery__md5_of(texts) -%}
    to_hex(md5(concat({{ texts | join(', ') }})))
{%- endmacro %}

{#- In Redshift concat takes two arguments. -#}
{% macro redshift__md5_of(texts) -%}
    md5({{ texts | join(' || ') }})
{%- endmacro %}

{#- In Trino MD5 takes and returns bytes. -#}
{% macro trino__md5_of(texts) -%}
    lower(to_hex(md5(to_utf8(concat({{ texts | join(', ') }})))))
{%- endmacro %}
