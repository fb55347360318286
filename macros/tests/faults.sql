{#- The query of one of our tests: the faults that its questions find, one row each with what it is a fault of (`subject`), what is
    wrong (`fault`) and in how many rows (`occurrences`). A run asks one after another, each by a statement of its own: in
    one query an engine may hold what it sorts and counts for all of them at once. What they have found then stands in the
    text of the test. Questions `of_steps`, which read ephemeral models, can only be asked by the test itself; one that is empty is not. -#}
{% macro faults(questions, of_steps=()) -%}
    {%- set parts = [] -%}
    {%- if execute and flags.WHICH in ('build', 'test') -%}
        {%- for question in questions -%}
            {%- for row in segctl.query_rows(question) -%}
                {%- do parts.append(segctl.fault_row(row['subject'], row['fault'], row['occurrences'])) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- else -%}
        {%- do parts.extend(questions) -%}
    {%- endif -%}
    {%- do parts.extend(of_steps | select) -%}
    {%- if not parts -%}
        {%- do parts.append(segctl.fault_row('', '', 0) ~ '\n' ~ segctl.no_rows()) -%}
    {%- endif -%}
    {%- for part in parts %}
select
    subject,
    fault,
    occurrences
from (
    {{ part | trim | indent(4) }}
) as question_{{ loop.index }}
    {{- '\nunion all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- A fault as a row. -#}
{% macro fault_row(subject, fault, occurrences) -%}
select
    '{{ subject }}' as subject,
    '{{ fault | replace("'", "''") }}' as fault,
    cast({{ occurrences }} as bigint) as occurrences
{%- endmacro %}

{#- The end of a question whose step `found` has the rows that are wrong. -#}
{% macro counted_faults(table, fault) -%}
select
    '{{ table }}' as subject,
    '{{ fault }}' as fault,
    count(*) as occurrences
from found
having count(*) > 0
{%- endmacro %}
