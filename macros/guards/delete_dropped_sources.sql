{#- The statement that takes back what an earlier attempt at the run has recorded of sources that it does not have any more. -#}
{% macro delete_dropped_sources() %}
    delete from {{ this }}
    where
        run_id = {{ segctl.run_id() }}
        and source not in ('{{ model.config.meta.get('sources', []) | join("', '") }}')
{% endmacro %}
