{#- The instant of the run in which a kind of data last changed, as a column: this run's when one of the columns that tell
    of it differs from the present row's, when there was no row, or when a run as of a later instant, which did not finish,
    has seen the change. -#}
{% macro input_changed_at(features, column, told_by, key, known) %}
    {%- if not known %}
    {{ segctl.as_of() }} as {{ column }}
    {%- else %}
    case when previous.{{ key }} is null or previous.deleted_at is not null
        {%- for some in segctl.differing_columns(features, 'previous', told_by | select('in', known), known) | batch(2) %}
        or {{ some | join(' or ') }}
        {%- endfor %}
        {{ 'or previous.' ~ column ~ ' > ' ~ segctl.as_of() if column in known }} then {{ segctl.as_of() }}
        else {{ 'previous.' ~ column if column in known else 'cast(null as ' ~ segctl.timestamp_type() ~ ')' }} end as {{ column }}
    {%- endif %}
{%- endmacro %}
