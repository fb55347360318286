{#- What the tables of an entity's segments are called: `features` and `key`, and with a `prefix` all others. Those of
    customers are called plainly. -#}
{% macro names_of(entity) %}
    {{ return({
        'features': entity ~ '_features',
        'key': entity ~ '_id',
        'prefix': '' if entity == 'customer' else entity ~ '_'
    }) }}
{% endmacro %}
