{#- The hash that is kept of an erased key: MD5 of a salt, a colon and the key as text, in hexadecimal. -#}
{% macro key_hash(key, salt) -%}
    {{ segctl.md5_of([salt, "':'", 'cast(' ~ key ~ ' as ' ~ dbt.type_string() ~ ')']) }}
{%- endmacro %}
