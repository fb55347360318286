{#- The names of an entity's tables: `features`, `key`, and the `prefix` of all others. Segments are evaluated on
    `looked_at`, one row for each member, which may have changed at `moved_at`. Tables of customers have no prefix. -#}
{% macro entity_names(entity) %}
    {{ return({
        'features': entity ~ '_features',
        'looked_at': 'dated_features' if entity == 'customer' else entity ~ '_features',
        'moved_at': '_moved_at' if entity == 'customer' else 'changed_at',
        'key': entity ~ '_id',
        'prefix': '' if entity == 'customer' else entity ~ '_'
    }) }}
{% endmacro %}
