{#- Whether the model that is made has figures of sources, which are checked before they are part of its table (`meta`). -#}
{% macro guards_sources() %}
    {{ return((config.get('meta') or {}).get('guards_sources', false)) }}
{% endmacro %}
