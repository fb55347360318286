{#- Stops a run, before it has changed anything, when recorded keys cannot take the type of an entity's key. `keys` are
    lists of an entity, its relation in the catalog, and the column. -#}
{% macro check_keys(keys) %}
    {%- for entity, relation, column in keys if execute and flags.WHICH in ('build', 'run') -%}
        {%- set wanted = segctl.key_type(relation, column) -%}
        {%- for table in segctl.tables_with_key(entity) if wanted -%}
            {%- set known = segctl.key_type(table, segctl.entity_names(entity).key) -%}
            {%- if known and segctl.key_change(known, wanted) == 'lost' -%}
                {%- do segctl.refuse(
                    'key-type',
                    "the key of " ~ entity ~ ", column " ~ column ~ " of " ~ relation.identifier ~ ", is " ~ wanted
                    ~ " and its history has " ~ known ~ ": cast it in staging"
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}
