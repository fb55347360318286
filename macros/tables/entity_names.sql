{#- What the tables of an entity's segments are called: `features` and `key`, and with a `prefix` all others;
    `looked_at` is what its segments look at, with a row for each, which may have moved it at `moved_at`. Those of
    customers are called plainly. -#}
{% macro entity_names(entity) %}
    {{ return({
        'features': entity ~ '_features',
        'looked_at': 'dated_features' if entity == 'customer' else entity ~ '_features',
        'moved_at': '_moved_at' if entity == 'customer' else 'changed_at',
        'key': entity ~ '_id',
        'prefix': '' if entity == 'customer' else entity ~ '_'
    }) }}
{% endmacro %}
