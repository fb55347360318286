{#- Stops a run before it reads a row if columns do not have the types of the catalog, or if keys of different kinds
    would be compared. Engines would cast one of them and match the wrong people. All findings are reported at once.
    `columns` are lists of a relation, a column and its kind (`mismatched_columns`). -#}
{% macro check_columns(columns) %}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- set messages = [] -%}
        {%- for problem in segctl.mismatched_columns(columns) -%}
            {%- do messages.append(problem.message ~ ': ' ~ problem.hint) -%}
        {%- endfor -%}
        {%- if messages -%}
            {%- do segctl.refuse('column-types', "columns are not what the catalog says:\n" ~ messages | join('\n')) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
