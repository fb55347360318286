{#- The condition on customer_features that tells whose membership of the segments may differ from what the last
    finished run found: customers whose row has changed since, or everybody when one of the segments is new or newly
    defined, or has a memory that time alone can end. `dbt test` looks at everybody. -#}
{% macro in_scope(segments, everybody=false) %}
    {%- set last = segctl.last_finished_run() if execute else none -%}
    {%- set definitions = segctl.own_relation('segment_definitions') -%}
    {%- if everybody or not last or not definitions or flags.WHICH == 'test' -%}
        {{ return('true') }}
    {%- endif -%}
    {%- set since = "timestamp '" ~ last.isoformat(sep=' ') ~ "'" -%}
    {%- set fresh -%}
        select count(*) as segments
        from {{ definitions }}
        where segment in ('{{ segments | join("', '") }}') and valid_to is null and valid_from > {{ since }}
    {%- endset -%}
    {{ return('true' if run_query(fresh).columns[0][0] > 0 else 'changed_at > ' ~ since) }}
{% endmacro %}
