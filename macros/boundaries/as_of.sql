{#- The instant of the run, as a timestamp literal (UTC, without a zone). -#}
{% macro as_of() -%}
    {{ segctl.timestamp_of(segctl.as_of_instant()) }}
{%- endmacro %}
