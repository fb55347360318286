{#- Stops a run when members of an entity have no key or share one, and names some of them. -#}
{% macro check_key(relation, key) %}
    {%- set invalid_rows -%}
        select
            cast({{ key }} as {{ dbt.type_string() }}) as member,
            count(*) as occurrences
        from {{ relation }}
        group by {{ key }}
        having {{ key }} is null or count(*) > 1
        order by case when {{ key }} is null then 0 else 1 end, member
        limit 5
    {%- endset -%}
    {%- set repeated = [] -%}
    {%- set missing = [] -%}
    {%- for row in run_query(invalid_rows).rows -%}
        {%- do (missing if row[0] is none else repeated).append(row) -%}
    {%- endfor -%}
    {%- set problems = [] -%}
    {%- if missing -%}
        {%- do problems.append('is missing (NULL) in ' ~ segctl.row_count_text(missing[0][1])) -%}
    {%- endif -%}
    {%- if repeated -%}
        {%- set named = [] -%}
        {%- for row in repeated -%}
            {%- set key_text = row[0] | replace('\n', '\\n') | replace('\r', '\\r') -%}
            {%- do named.append(key_text ~ ' in ' ~ segctl.row_count_text(row[1])) -%}
        {%- endfor -%}
        {%- do problems.append('does not tell its rows apart: ' ~ named | join(', ')) -%}
    {%- endif -%}
    {%- if problems -%}
        {%- do segctl.refuse(
            'invalid-key',
            "key " ~ key ~ " of " ~ relation.identifier ~ " " ~ problems | join(', and ')
        ) -%}
    {%- endif -%}
{% endmacro %}

{#- A number of rows in words. -#}
{% macro row_count_text(count) %}
    {{ return(count ~ (' row' if count == 1 else ' rows')) }}
{% endmacro %}
