{#- Whether a view is known to have this query already, so that it need not be replaced. -#}
{% macro is_view_of(view, query) %}
    {{ return(adapter.dispatch('is_view_of', 'segctl')(view, query)) }}
{% endmacro %}

{% macro default__is_view_of(view, query) %}
    {{ return(false) }}
{% endmacro %}

{#- Replacing a view waits for everybody who is reading it, and everybody who comes later waits for that. PostgreSQL keeps a
    query in words of its own, so that it is asked for those of both. A view may be gone that dbt knew of. -#}
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

{#- Redshift is not PostgreSQL here: a reader and a view that is replaced do not wait for each other. -#}
{% macro redshift__is_view_of(view, query) %}
    {{ return(false) }}
{% endmacro %}
