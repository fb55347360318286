{#- A column with the run in which a kind of data last changed. It is this run if one of the columns behind it differs
    from the present row, if there was no row, or if an unfinished run as of a later instant has seen the change. -#}
{% macro input_changed_at(features, column, feature_names, key, known) %}
    {%- if not known %}
    {{ segctl.as_of() }} as {{ column }}
    {%- else %}
    case when previous.{{ key }} is null or previous.deleted_at is not null
        {%- for some in segctl.differing_columns(features, 'previous', feature_names | select('in', known), known) | batch(2) %}
        or {{ some | join(' or ') }}
        {%- endfor %}
        {{ 'or previous.' ~ column ~ ' > ' ~ segctl.as_of() if column in known }} then {{ segctl.as_of() }}
        else {{ 'previous.' ~ column if column in known else 'cast(null as ' ~ segctl.timestamp_type() ~ ')' }} end as {{ column }}
    {%- endif %}
{%- endmacro %}
