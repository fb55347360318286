{#- The segments that guards held back in the latest run that has judged them, finished or not. They are looked up
    before a query is planned: joining a table of so few rows makes PostgreSQL choose nested loops throughout. -#}
{% macro held_segments() %}
    {%- set sizes = segctl.existing_relation('run_sizes') -%}
    {%- if not sizes -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set held -%}
        select segment
        from {{ sizes }}
        where
            held_by is not null
            and as_of = (select max(as_of) from {{ sizes }})
    {%- endset -%}
    {{ return(run_query(held).columns[0].values() | list) }}
{% endmacro %}
