{#- Drops the model's own table when it cannot hold one of the keys. The next statement recreates all of its rows. -#}
{% macro drop_outgrown_table(keys) %}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- set table = segctl.existing_relation(model.name) -%}
        {%- if table and segctl.cannot_hold_keys(table, keys) -%}
            {%- do adapter.drop_relation(table) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{#- Whether a table of ours cannot hold a key that has become wider or is of another kind. `keys` are relations, each
    with a column. -#}
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

{#- Whether a column of the type `known` holds every key of the type `wanted` as the same value. -#}
{% macro holds_key(known, wanted) %}
    {%- set same_kind = segctl.kind_of_key(known).kind == segctl.kind_of_key(wanted).kind -%}
    {{ return(known | lower == wanted | lower or (same_kind and segctl.key_change(wanted, known) != 'lost')) }}
{% endmacro %}
