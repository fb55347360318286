{#- The statement that deletes what an earlier attempt at this run recorded of sources that the project no longer
    has. -#}
{% macro delete_dropped_sources() %}
    delete from {{ this }}
    where
        run_id = {{ segctl.run_id() }}
        and source not in ('{{ model.config.meta.get('sources', []) | join("', '") }}')
{% endmacro %}
