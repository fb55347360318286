{#- Whether the model at work holds figures of sources, which are checked before they become part of its table
    (`meta`). -#}
{% macro guards_sources() %}
    {{ return((config.get('meta') or {}).get('guards_sources', false)) }}
{% endmacro %}
