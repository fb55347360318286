{#- MD5 in hexadecimal of texts, a list of SQL expressions, one after the other. -#}
{% macro md5_of(texts) -%}
    {{ return(adapter.dispatch('md5_of', 'segctl')(texts)) }}
{%- endmacro %}

{% macro default__md5_of(texts) -%}
    md5(concat({{ texts | join(', ') }}))
{%- endmacro %}

{#- What MD5 gives is bytes in BigQuery. -#}
{% macro bigquery__md5_of(texts) -%}
    to_hex(md5(concat({{ texts | join(', ') }})))
{%- endmacro %}

{#- In Redshift concat takes two. -#}
{% macro redshift__md5_of(texts) -%}
    md5({{ texts | join(' || ') }})
{%- endmacro %}

{#- What MD5 takes and gives is bytes in Trino. -#}
{% macro trino__md5_of(texts) -%}
    lower(to_hex(md5(to_utf8(concat({{ texts | join(', ') }})))))
{%- endmacro %}
