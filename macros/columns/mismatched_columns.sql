{#- The columns whose type does not fit their kind, one entry each: index, message, hint. `columns` are lists of a
    relation (none: not built), a column and a kind. A kind is a catalog type, or "key of" an entity; the first key of
    an entity is its own, and the others must be comparable with it. -#}
{% macro mismatched_columns(columns) %}
    {%- set problems, known, keys = [], {}, {} -%}
    {%- for relation, column, kind in columns if relation -%}
        {%- if relation | string not in known -%}
            {%- do known.update({relation | string: segctl.column_dtypes(relation)}) -%}
        {%- endif -%}
        {%- set types = known[relation | string] -%}
        {%- set type = types.get(column) -%}
        {%- set place = 'column ' ~ column ~ ' of ' ~ relation.identifier -%}
        {%- set problem = none -%}
        {%- if types and type is none -%}
            {%- set problem = {
                'message': relation.identifier ~ ' has no column ' ~ column, 'hint': 'its columns: ' ~ types | join(', ')
            } -%}
        {%- elif type is not none and kind.startswith('key of ') -%}
            {%- set problem = segctl.mismatched_key(place, column, type, keys.get(kind)) -%}
            {%- if kind not in keys -%}
                {%- do keys.update({kind: {'place': place, 'type': type}}) -%}
            {%- endif -%}
        {%- elif type is not none and not segctl.accepts_type(type, kind) -%}
            {%- set problem = {
                'message': place ~ ' is ' ~ segctl.short_type(type) ~ ', and the catalog says ' ~ kind,
                'hint': segctl.mismatch_hint(column, type, kind)
            } -%}
        {%- endif -%}
        {%- if problem -%}
            {%- do problems.append(dict(problem, index=loop.index0)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}

{#- The types of a relation's columns by name, in lower case. -#}
{% macro column_dtypes(relation) %}
    {%- set types = {} -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do types.update({column.name | lower: column.dtype | lower}) -%}
    {%- endfor -%}
    {{ return(types) }}
{% endmacro %}

{#- The problem of a key column that cannot be compared with the entity's own key; none when it can. -#}
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

{#- A type as messages show it: without what is in brackets. -#}
{% macro short_type(type) %}
    {{ return(modules.re.sub('[(<].*?[)>]', '', type) | upper) }}
{% endmacro %}
