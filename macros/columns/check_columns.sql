{#- Stops a run before a row is read when columns are not of the types that the catalog says, or when keys are compared that
    are of different kinds: engines would cast the one or the other, and find other people. Tells all of them at once.
    `columns` are lists of a relation, a column and its kind: see misfits. -#}
{% macro check_columns(columns) %}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- set told = [] -%}
        {%- for found in segctl.mismatched_columns(columns) -%}
            {%- do told.append(found.message ~ ': ' ~ found.hint) -%}
        {%- endfor -%}
        {%- if told -%}
            {%- do segctl.refuse('column-types', "columns are not what the catalog says:\n" ~ told | join('\n')) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
