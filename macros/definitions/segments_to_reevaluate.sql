{#- Those of the segments (none: of all) whose members are looked for among everybody: they are new, newly defined or were
    held back, or are among `timed`, which have a memory that time alone can end. A new one that is held back until somebody
    says whether it is another's new name has no version yet. All of them when nothing has been
    published, and in `dbt test`. For the others customers are looked at whose row has changed since the last finished run;
    `concerned` in proposals holds the same of stays. -#}
{% macro segments_to_reevaluate(segments=none, timed=()) %}
    {%- set evaluated = segctl.last_evaluations() -%}
    {%- set versions = segctl.existing_relation('definition_versions') -%}
    {%- if segctl.evaluates_everybody() or not evaluated or not versions or flags.WHICH == 'test' -%}
        {{ return(segments) }}
    {%- endif -%}
    {%- set since = segctl.since_last_run() -%}
    {%- set standing -%}
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
    {%- set fresh, settled = timed | list, segctl.excluded_segments() -%}
    {%- for row in segctl.query_rows(standing) -%}
        {%- do (fresh if row['is_fresh'] else settled).append(row['segment']) -%}
    {%- endfor -%}
    {%- if not segments -%}
        {{ return(fresh) }}
    {%- endif -%}
    {{ return(segments | select('in', fresh + (segments | reject('in', settled) | list)) | list) }}
{% endmacro %}
