{#- Of columns, given as lists of a relation (none: it has not been built), a column and its kind, those whose type is none
    that the kind takes. A kind is a type of the catalog, or "key of" and an entity, of which the first is the entity's own:
    the others have to be comparable with it. One entry each: its index, and what is wrong, and what may be done. -#}
{% macro mismatched_columns(columns) %}
    {%- set found, known, keys = [], {}, {} -%}
    {%- for relation, column, kind in columns if relation -%}
        {%- if relation | string not in known -%}
            {%- do known.update({relation | string: segctl.column_dtypes(relation)}) -%}
        {%- endif -%}
        {%- set types = known[relation | string] -%}
        {%- set type = types.get(column) -%}
        {%- set place = 'column ' ~ column ~ ' of ' ~ relation.identifier -%}
        {%- set told = none -%}
        {%- if types and type is none -%}
            {%- set told = {
                'message': relation.identifier ~ ' has no column ' ~ column, 'hint': 'its columns: ' ~ types | join(', ')
            } -%}
        {%- elif type is not none and kind.startswith('key of ') -%}
            {%- set told = segctl.mismatched_key(place, column, type, keys.get(kind)) -%}
            {%- if kind not in keys -%}
                {%- do keys.update({kind: {'place': place, 'type': type}}) -%}
            {%- endif -%}
        {%- elif type is not none and not segctl.accepts_type(type, kind) -%}
            {%- set told = {
                'message': place ~ ' is ' ~ segctl.short_type(type) ~ ', and the catalog says ' ~ kind,
                'hint': segctl.mismatch_hint(column, type, kind)
            } -%}
        {%- endif -%}
        {%- if told -%}
            {%- do found.append(dict(told, index=loop.index0)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{#- The types of a relation's columns by name, in lower case. -#}
{% macro column_dtypes(relation) %}
    {%- set types = {} -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do types.update({column.name | lower: column.dtype | lower}) -%}
    {%- endfor -%}
    {{ return(types) }}
{% endmacro %}

{#- What is wrong with a column of keys beside the entity's own; none when they can be compared. -#}
{% macro mismatched_key(place, column, type, own) %}
    {%- set kind = segctl.kind_of_type(type) -%}
    {%- if not own or (kind == segctl.kind_of_type(own.type) and (kind != 'instant' or type == own.type)) -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return({
        'message': place ~ ' is ' ~ segctl.short_type(type) ~ ', and the key that it holds, ' ~ own.place ~ ', is '
            ~ segctl.short_type(own.type),
        'hint': 'make both one type in staging, for example cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ') in both'
    }) }}
{% endmacro %}

{#- A type as messages tell it: without what stands in brackets. -#}
{% macro short_type(type) %}
    {{ return(modules.re.sub('[(<].*?[)>]', '', type) | upper) }}
{% endmacro %}
