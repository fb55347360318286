{#- The segments, among the given ones (none: all), that have to be evaluated for all members. They are new, have a new
    definition, were held back, or are among `expiring`, whose memory can end by time alone. A new segment without a
    version is held back until its name is clear. All segments, when nothing has been published, and in `dbt test`.
    Other segments evaluate only the members whose row changed since the last finished run; `concerned` in proposals
    selects their stays in the same way. -#}
{% macro segments_to_reevaluate(segments=none, expiring=()) %}
    {%- set evaluated = segctl.last_evaluations() -%}
    {%- set versions = segctl.existing_relation('definition_versions') -%}
    {%- if segctl.evaluates_everybody() or not evaluated or not versions or flags.WHICH == 'test' -%}
        {{ return(segments) }}
    {%- endif -%}
    {%- set since = segctl.since_last_run() -%}
    {%- set versions_query -%}
        select
            versions.segment,
            case
                when evaluated.since is null or evaluated.since < {{ since }} or versions.valid_from > {{ since }} then 1
                else 0
            end as is_fresh
        from {{ versions }} as versions
        left join (
            {{ evaluated }}
        ) as evaluated on versions.segment = evaluated.segment
        where
            versions.valid_to is null
            {%- if segments %}
            and versions.segment in ('{{ segments | join("', '") }}')
            {%- endif %}
    {%- endset -%}
    {%- set fresh, settled = expiring | list, segctl.excluded_segments() -%}
    {%- for row in segctl.query_rows(versions_query) -%}
        {%- do (fresh if row['is_fresh'] else settled).append(row['segment']) -%}
    {%- endfor -%}
    {%- if not segments -%}
        {{ return(fresh) }}
    {%- endif -%}
    {{ return(segments | select('in', fresh + (segments | reject('in', settled) | list)) | list) }}
{% endmacro %}
