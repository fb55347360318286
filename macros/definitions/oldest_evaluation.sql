{#- The earliest instant from which an enabled segment has data to catch up on, as a timestamp literal: the last
    finished run, or an earlier one where a segment has been held back since. -#}
{% macro oldest_evaluation() -%}
    {%- set evaluated = segctl.last_evaluations() -%}
    {%- set versions = segctl.existing_relation('definition_versions') -%}
    {%- if evaluated and versions -%}
        {%- set oldest -%}
            select {{ segctl.timestamp_text('min(evaluated.since)') }} as since
            from (
                {{ evaluated }}
            ) as evaluated
            inner join {{ versions }} as versions on evaluated.segment = versions.segment
            where versions.valid_to is null and versions.enabled
        {%- endset -%}
        {%- set instant = run_query(oldest).columns[0][0] -%}
        {%- if instant -%}
            {{ return(segctl.timestamp_of(instant)) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(segctl.since_last_run()) }}
{%- endmacro %}
