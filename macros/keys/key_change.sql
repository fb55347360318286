{#- What a new type of a key means for recorded keys: `same`, `wider` or `lost`. A wider type keeps all recorded keys
    distinct and writes each as the same text. -#}
{% macro key_change(known, wanted) %}
    {%- set former, present = segctl.kind_of_key(known), segctl.kind_of_key(wanted) -%}
    {%- if known | lower == wanted | lower -%}
        {{ return('same') }}
    {%- elif former.kind == 'text' and present.kind == 'text' -%}
        {{ return('wider' if former.length and (not present.length or present.length > former.length) else 'same') }}
    {%- elif former.kind == 'whole' and present.kind == 'whole' and former.needs == present.needs and former.holds == present.holds -%}
        {{ return('same') }}
    {%- elif former.kind == 'whole' and present.kind == 'whole' and former.needs <= present.holds -%}
        {{ return('wider') }}
    {%- elif former.kind in ('whole', 'uuid') and present.kind == 'text'
        and (not present.length or present.length >= former.needs + 1)
        and adapter.dispatch('widens_to_text', 'segctl')() -%}
        {{ return('wider') }}
    {%- endif -%}
    {{ return('lost') }}
{% endmacro %}

{#- The kind of a key's type: whole, text, uuid or other. Text comes with its `length`, if that is limited. Whole
    numbers come with the digits that hold each value of the type (`needs`), and the digits whose numbers the type holds
    in full (`holds`). -#}
{% macro kind_of_key(type) %}
    {%- set digits = {
        'tinyint': (3, 2), 'int1': (3, 2), 'byte': (3, 2), 'smallint': (5, 4), 'int2': (5, 4), 'short': (5, 4),
        'integer': (10, 9), 'int': (10, 9), 'int4': (10, 9), 'bigint': (19, 18), 'int8': (19, 18), 'int64': (19, 18),
        'long': (19, 18), 'hugeint': (39, 38), 'utinyint': (3, 0), 'usmallint': (5, 0), 'uinteger': (10, 0), 'ubigint': (20, 0)
    } -%}
    {%- set name = (type | lower).split('(')[0] | trim -%}
    {%- set sizes = modules.re.findall('[0-9]+', type.split('(')[1]) if '(' in type else [] -%}
    {%- if name in digits -%}
        {{ return({'kind': 'whole', 'needs': digits[name][0], 'holds': digits[name][1]}) }}
    {%- elif name in ('decimal', 'numeric', 'number', 'bignumeric') and sizes | length == 2 and sizes[1] == '0' -%}
        {{ return({'kind': 'whole', 'needs': sizes[0] | int, 'holds': sizes[0] | int}) }}
    {%- elif name in ('varchar', 'text', 'string', 'character varying', 'nvarchar') -%}
        {{ return({'kind': 'text', 'length': (sizes | first | int) if sizes else none}) }}
    {%- elif name == 'uuid' -%}
        {{ return({'kind': 'uuid', 'needs': 35}) }}
    {%- endif -%}
    {{ return({'kind': 'other'}) }}
{% endmacro %}

{#- Whether a column of numbers can become text. Most engines refuse. -#}
{% macro default__widens_to_text() %}
    {{ return(false) }}
{% endmacro %}

{% macro duckdb__widens_to_text() %}
    {{ return(true) }}
{% endmacro %}

{% macro postgres__widens_to_text() %}
    {{ return(true) }}
{% endmacro %}

{#- Redshift differs from PostgreSQL: it lengthens text and changes no other type. -#}
{% macro redshift__widens_to_text() %}
    {{ return(false) }}
{% endmacro %}
