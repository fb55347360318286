{#- Drops the model's own table when the key in one of what it is made of, relations each with a column, has a type that the table
    cannot hold, or of another kind: it holds nothing that the next statement does not make again. -#}
{% macro made_anew_for_key(keys) %}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- set table = segctl.own_relation(model.name) -%}
        {%- set known = segctl.key_type(table, 'customer_id') if table else none -%}
        {%- set misfits = [] -%}
        {%- for relation, column in keys if known -%}
            {%- set wanted = segctl.key_type(relation, column) -%}
            {%- if wanted and not segctl.holds_key(known, wanted) -%}
                {%- do misfits.append(wanted) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if misfits -%}
            {%- do adapter.drop_relation(table) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{#- Whether a column of the type `known` holds every key of the type `wanted`, as the same value. -#}
{% macro holds_key(known, wanted) %}
    {%- set same_kind = segctl.kind_of_key(known).kind == segctl.kind_of_key(wanted).kind -%}
    {{ return(known | lower == wanted | lower or (same_kind and segctl.key_change(wanted, known) != 'lost')) }}
{% endmacro %}
