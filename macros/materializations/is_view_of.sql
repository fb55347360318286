{#- Whether a view has this query already and need not be replaced. -#}
{% macro is_view_of(view, query) %}
    {{ return(adapter.dispatch('is_view_of', 'segctl')(view, query)) }}
{% endmacro %}

{% macro default__is_view_of(view, query) %}
    {{ return(false) }}
{% endmacro %}

{#- Replacing a view waits for everybody who reads it, and later readers wait for that. PostgreSQL stores a query in its
    own words, so both are compared as it stores them. A view that dbt knew may be gone. -#}
{% macro postgres__is_view_of(view, query) %}
    {%- set candidate = 'candidate_' ~ local_md5(view | string) -%}
    {% call statement('candidate') -%}
        create temporary view {{ candidate }} as (
        {{ query }}
        )
    {%- endcall %}
    {%- set same = run_query(
        "select pg_get_viewdef('" ~ candidate ~ "'::regclass) = pg_get_viewdef(to_regclass('" ~ view ~ "'))"
    ).rows[0][0] -%}
    {% call statement('no_candidate') %}drop view {{ candidate }}{% endcall %}
    {{ return(same) }}
{% endmacro %}

{#- Redshift differs from PostgreSQL: readers and the replacement of a view do not block each other. -#}
{% macro redshift__is_view_of(view, query) %}
    {{ return(false) }}
{% endmacro %}
