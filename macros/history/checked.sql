{#- A relation that customer_features reads, after a look at what would go wrong unseen: customers whose key is missing
    or stands twice (they would stay in the table for good), and instants that have a zone where the catalog says they
    have none, or the other way round (they would be read by the session's clock). -#}
{% macro checked(relation, key=none, timestamps=(), timestamptzs=()) %}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- set type = column.dtype | lower -%}
            {%- set zoned = 'timestamptz' in type or 'with time zone' in type -%}
            {%- if (zoned and column.name | lower in timestamps)
                or ('timestamp' in type and not zoned and column.name | lower in timestamptzs) -%}
                {{ exceptions.raise_compiler_error(
                    "the catalog says that " ~ column.name ~ " of " ~ relation.identifier ~ " is a "
                    ~ ('timestamp' if zoned else 'timestamptz') ~ ", but its type is " ~ column.dtype
                ) }}
            {%- endif -%}
        {%- endfor -%}
        {%- if key -%}
            {%- do segctl.check_key(relation, key) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(relation) }}
{% endmacro %}
