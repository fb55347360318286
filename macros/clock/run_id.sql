{#- The name of the run. It follows from the run's instant, so that repeating a run changes nothing. -#}
{% macro run_id() -%}
    '{{ segctl.as_of_instant().strftime('%Y%m%dT%H%M%S.%fZ') }}'
{%- endmacro %}
