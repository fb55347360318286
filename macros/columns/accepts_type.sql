{#- Whether a catalog type accepts a column's type. -#}
{% macro accepts_type(type, kind) %}
    {%- if kind in ('timestamp', 'timestamptz') -%}
        {{ return(segctl.kind_of_type(type) == 'instant' and not segctl.contradicts_zone(type, zoned=kind == 'timestamptz')) }}
    {%- endif -%}
    {%- set taken = {
        'string': ['text'], 'number': ['exact', 'float'], 'boolean': ['boolean'], 'date': ['date'], 'strings': ['texts']
    } -%}
    {{ return(segctl.kind_of_type(type) in taken[kind]) }}
{% endmacro %}

{#- The fix for a column whose type is not accepted. -#}
{% macro mismatch_hint(column, type, kind) %}
    {%- set family = segctl.kind_of_type(type) -%}
    {%- if kind == 'timestamp' and family == 'date' -%}
        {{ return('write {column: ' ~ column ~ ', type: date} where the catalog names it') }}
    {%- elif kind == 'date' and family == 'instant' -%}
        {{ return('declare a timestamp, or take the local day in staging') }}
    {%- elif kind in ('timestamp', 'timestamptz') and family == 'instant' -%}
        {{ return('declare a ' ~ ('timestamp' if kind == 'timestamptz' else 'timestamptz') ~ ', or cast it in staging') }}
    {%- elif kind == 'strings' -%}
        {{ return('declare a string, or make lists of texts in staging') }}
    {%- elif kind == 'string' and family == 'texts' -%}
        {{ return('declare strings') }}
    {%- endif -%}
    {%- set types = {
        'string': dbt.type_string(), 'number': 'decimal(18, 2)', 'boolean': dbt.type_boolean(), 'date': 'date',
        'timestamp': segctl.timestamp_type(), 'timestamptz': 'timestamp with time zone'
    } -%}
    {{ return('cast it in staging: cast(' ~ column ~ ' as ' ~ types[kind] ~ ') as ' ~ column) }}
{% endmacro %}
