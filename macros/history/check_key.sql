{#- Stops a run in which customers have no key or share one, and names some of them. -#}
{% macro check_key(relation, key) %}
    {%- set bad -%}
        select
            cast({{ key }} as {{ dbt.type_string() }}) as customer,
            count(*) as occurrences
        from {{ relation }}
        group by {{ key }}
        having {{ key }} is null or count(*) > 1
        order by customer
        limit 5
    {%- endset -%}
    {%- set told = [] -%}
    {%- for row in run_query(bad).rows -%}
        {%- do told.append((row[0] if row[0] is not none else 'NULL') ~ ' in ' ~ row[1] ~ ' rows') -%}
    {%- endfor -%}
    {%- if told -%}
        {{ exceptions.raise_compiler_error(
            "key " ~ key ~ " of " ~ relation.identifier ~ " does not tell customers apart: " ~ told | join(', ')
        ) }}
    {%- endif -%}
{% endmacro %}
