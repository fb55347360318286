{#- The instant of the run minus a duration, as a timestamp literal (UTC, without a zone). -#}
{% macro ago(count, unit, timezone, at=none) -%}
    {{ segctl.timestamp_of(segctl.shifted(at or segctl.as_of_instant(), -count, unit, timezone)) }}
{%- endmacro %}
