{#- The query of one of our tests: the faults that its questions find, one row each, with the table (`subject`), what is
    wrong (`fault`) and in how many rows (`occurrences`). A run asks each question in a statement of its own, since an
    engine may hold the sorts and counts of one query in memory at once; the answers become part of the test's text.
    Questions `of_steps` read ephemeral models, so that only the test itself can ask them. An empty question is
    skipped. -#}
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

{#- One fault as a row. -#}
{% macro fault_row(subject, fault, occurrences) -%}
select
    '{{ subject }}' as subject,
    '{{ fault | replace("'", "''") }}' as fault,
    cast({{ occurrences }} as bigint) as occurrences
{%- endmacro %}

{#- The end of a question whose step `found` has the faulty rows. -#}
{% macro counted_faults(table, fault) -%}
select
    '{{ table }}' as subject,
    '{{ fault }}' as fault,
    count(*) as occurrences
from found
having count(*) > 0
{%- endmacro %}
