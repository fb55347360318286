{#- The format of the tables in the warehouse; none without tables. Tables of versions without a number are of format 0:
    they hold runs, or the stays of an unfinished first run. -#}
{% macro recorded_format() %}
    {%- set numbered = segctl.existing_relation('history_format') -%}
    {%- if numbered -%}
        {{ return(run_query('select coalesce(max(format_number), 0) as format_number from ' ~ numbered).columns[0][0] | int) }}
    {%- endif -%}
    {%- set history = segctl.existing_relation('segment_history') -%}
    {%- if segctl.existing_relation('segment_runs') or segctl.existing_relation('segment_stays') or (history and history.is_table) -%}
        {{ return(0) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
