{#- Indexes for looking up few rows of a recorded table: by its keys, and in a history by the member. -#}
{% macro index_for_lookups(target, keys) %}
    {%- do adapter.dispatch('index_for_lookups', 'segctl')(target, keys) -%}
{% endmacro %}

{#- An index is only a cost where tables are stored by column, with the range of each part. -#}
{% macro default__index_for_lookups(target, keys) %}
{% endmacro %}

{#- Not unique: in a chain of renames, two stays may share a key for a moment. -#}
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
