{#- The condition on the features that tells whose membership of the segments may differ from what is published:
    customers whose row has changed since the last finished run, or everybody when one of the segments is new, newly
    defined or was held back, or has a memory that time alone can end. `dbt test` looks at everybody. -#}
{% macro in_scope(segments, everybody=false) %}
    {%- set evaluated = segctl.evaluated() -%}
    {%- set versions = segctl.own_relation('definition_versions') -%}
    {%- if everybody or segctl.asked_of_everybody() or not evaluated or not versions or flags.WHICH == 'test' -%}
        {{ return('true') }}
    {%- endif -%}
    {%- set since = segctl.since_last_run() -%}
    {%- set fresh -%}
        select count(*) as segments
        from {{ versions }} as versions
        left join (
            {{ evaluated }}
        ) as evaluated on versions.segment = evaluated.segment
        where
            versions.segment in ('{{ segments | join("', '") }}')
            and versions.valid_to is null
            and (evaluated.since is null or evaluated.since < {{ since }} or versions.valid_from > {{ since }})
    {%- endset -%}
    {{ return('true' if run_query(fresh).columns[0][0] > 0 else 'changed_at > ' ~ since) }}
{% endmacro %}
