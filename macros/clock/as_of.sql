{#- The instant of the run as a timestamp literal (UTC, without a zone). -#}
{% macro as_of() -%}
    timestamp '{{ segctl.as_of_instant().isoformat(sep=' ') }}'
{%- endmacro %}
