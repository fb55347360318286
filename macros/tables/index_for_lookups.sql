{#- Indexes for what few rows of a table that runs keep are looked up by: its keys, and in a history the member alone. -#}
{% macro index_for_lookups(target, keys) %}
    {%- do adapter.dispatch('index_for_lookups', 'segctl')(target, keys) -%}
{% endmacro %}

{#- Where tables are kept by column, with the least and greatest value of each part, an index only costs. -#}
{% macro default__index_for_lookups(target, keys) %}
{% endmacro %}

{#- Not unique: a chain of renames passes through states in which two stays share a key. -#}
{% macro postgres__index_for_lookups(target, keys) %}
    {%- set wanted = [keys] -%}
    {%- if 'joined_at' in keys -%}
        {%- do wanted.append([keys[1]]) -%}
    {%- endif -%}
    {%- for columns in wanted -%}
        {%- do run_query('create index on ' ~ target ~ ' (' ~ columns | join(', ') ~ ')') -%}
    {%- endfor -%}
{% endmacro %}

{#- Redshift has no indexes. -#}
{% macro redshift__index_for_lookups(target, keys) %}
{% endmacro %}
