{#- Stops a run, before it has changed anything, when a source breaks its guards: it is empty or has lost rows since the
    last finished run, is stale, or has missing or repeated keys. All breaches are reported at once. `measured` holds
    the figures of this run, `recorded` those of earlier runs. The check comes before the figures are recorded, so that
    a finished run keeps its own when its repetition is stopped. -#}
{% macro check_sources(measured, recorded) %}
    {%- if not execute or flags.WHICH not in ('build', 'run') -%}
        {{ return('') }}
    {%- endif -%}
    {%- set allowed = segctl.allowed_names() -%}
    {%- set query -%}
        select
            present.source,
            present.kind,
            present.row_count,
            present.known_count,
            present.fresh_count,
            present.missing_keys,
            present.repeated_keys,
            cast(present.latest_at as {{ dbt.type_string() }}) as latest_at,
            present.max_loss,
            present.freshness,
            former.row_count as former_count
        from {{ measured }} as present
        left join {{ recorded }} as former
            on present.source = former.source and former.as_of = {{ segctl.since_last_run() }}
        where present.run_id = {{ segctl.run_id() }}
        order by present.source
    {%- endset -%}
    {%- set breaches = [] -%}
    {%- for row in segctl.query_rows(query) if '*' not in allowed and row['source'] not in allowed -%}
        {%- do breaches.extend(segctl.source_breaches(row)) -%}
    {%- endfor -%}
    {%- if breaches -%}
        {%- do segctl.refuse('source-guards', "guards of sources stop this run:\n" ~ breaches | join('\n')) -%}
    {%- endif -%}
    {{ return('') }}
{% endmacro %}
