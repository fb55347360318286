{#- The condition that a row of one of our tables of features has been written since the last finished run; nothing where
    everybody's row is computed. -#}
{% macro changed_since(known) -%}
    {{ return('where changed_at > ' ~ segctl.timestamp_of(known.as_of) if known else '') }}
{%- endmacro %}
