{#- Drops the model's own table when the key in what it is made of has a type that the table cannot hold, or of another kind: it
    holds nothing that the next statement does not make again. -#}
{% macro made_anew_for_key(relation, column) %}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- set table = segctl.own_relation(model.name) -%}
        {%- set known = segctl.key_type(table, 'customer_id') if table else none -%}
        {%- set wanted = segctl.key_type(relation, column) if known else none -%}
        {%- if wanted and wanted | lower != known | lower -%}
            {%- set same_kind = segctl.kind_of_key(known).kind == segctl.kind_of_key(wanted).kind -%}
            {%- if not same_kind or segctl.key_change(wanted, known) == 'lost' -%}
                {%- do adapter.drop_relation(table) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
