{#- A relation that customer_features reads, after a look at what would go wrong unseen: customers whose key is missing
    or stands twice (they would stay in the table for good), and instants that have a zone where the catalog says they
    have none, or the other way round (they would be read by the session's clock), or that are texts. -#}
{% macro checked(relation, key=none, timestamps=(), timestamptzs=()) %}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- set type = column.dtype | lower -%}
            {%- set text = 'char' in type or type in ('text', 'string') -%}
            {%- set local = column.name | lower in timestamps -%}
            {%- if (local and (text or segctl.clashes(type, zoned=false)))
                or (column.name | lower in timestamptzs and (text or segctl.clashes(type, zoned=true))) -%}
                {{ exceptions.raise_compiler_error(
                    "the catalog says that " ~ column.name ~ " of " ~ relation.identifier ~ " is a "
                    ~ ('timestamp' if local else 'timestamptz') ~ ", but its type is " ~ column.dtype
                ) }}
            {%- endif -%}
        {%- endfor -%}
        {%- if key -%}
            {%- do segctl.check_key(relation, key) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(relation) }}
{% endmacro %}
