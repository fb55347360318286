{#- Drops the model's own table when it lacks one of the keys of what it is made of: it holds nothing that the next statement does
    not make again. -#}
{% macro drop_outgrown_table(keys) %}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- set table = segctl.existing_relation(model.name) -%}
        {%- if table and segctl.cannot_hold_keys(table, keys) -%}
            {%- do adapter.drop_relation(table) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{#- Whether a table of ours cannot hold one of the keys, relations each with a column, since that is wider or of another kind. -#}
{% macro cannot_hold_keys(table, keys) %}
    {%- set known = segctl.key_type(table, 'customer_id') if keys else none -%}
    {%- for relation, column in keys if known -%}
        {%- set wanted = segctl.key_type(relation, column) -%}
        {%- if wanted and not segctl.holds_key(known, wanted) -%}
            {{ return(true) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(false) }}
{% endmacro %}

{#- Whether a column of the type `known` holds every key of the type `wanted`, as the same value. -#}
{% macro holds_key(known, wanted) %}
    {%- set same_kind = segctl.kind_of_key(known).kind == segctl.kind_of_key(wanted).kind -%}
    {{ return(known | lower == wanted | lower or (same_kind and segctl.key_change(wanted, known) != 'lost')) }}
{% endmacro %}
