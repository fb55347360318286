{#- The kind of values that a type holds: text, exact (whole numbers and decimals), float, boolean, date, instant, texts
    (a list of text), or else the type's own name. `type` is in lower case. Values of one kind compare as they are;
    between two kinds, one would be cast. -#}
{% macro kind_of_type(type) %}
    {{ return(adapter.dispatch('kind_of_type', 'segctl')(type)) }}
{% endmacro %}

{% macro default__kind_of_type(type) %}
    {%- set name = type.split('(')[0].split('<')[0] | trim -%}
    {%- set kinds = {
        'text': ('varchar', 'text', 'string', 'character varying', 'nvarchar', 'character', 'char', 'bpchar'),
        'exact': (
            'tinyint', 'smallint', 'integer', 'bigint', 'hugeint', 'int', 'int1', 'int2', 'int4', 'int8', 'int64', 'byte',
            'short', 'long', 'utinyint', 'usmallint', 'uinteger', 'ubigint', 'uhugeint', 'decimal', 'numeric', 'number',
            'bignumeric'
        ),
        'float': ('double', 'double precision', 'float', 'float4', 'float8', 'float64', 'real'),
        'boolean': ('boolean', 'bool'),
        'date': ('date',)
    } -%}
    {%- if type in ('varchar[]', 'text[]', 'array') or type.startswith(('array<string', 'array(varchar')) -%}
        {{ return('texts') }}
    {%- elif name.startswith('timestamp') or name == 'datetime' -%}
        {{ return('instant') }}
    {%- endif -%}
    {%- for kind, names in kinds.items() if name in names -%}
        {{ return(kind) }}
    {%- endfor -%}
    {{ return(name) }}
{% endmacro %}

{#- An enumeration compares with any text as text does. -#}
{% macro duckdb__kind_of_type(type) %}
    {{ return('text' if type.startswith('enum(') else segctl.default__kind_of_type(type)) }}
{% endmacro %}
