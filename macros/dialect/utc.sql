{#- A column of instants with a zone as UTC without one, whatever the zone of the session. -#}
{% macro utc(column) -%}
    {{ return(adapter.dispatch('utc', 'segctl')(column)) }}
{%- endmacro %}

{% macro default__utc(column) -%}
    ({{ column }} at time zone 'UTC')
{%- endmacro %}

{#- The session's zone is UTC, which `sound_session` sees to. -#}
{% macro spark__utc(column) -%}
    cast({{ column }} as timestamp)
{%- endmacro %}
