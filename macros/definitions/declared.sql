{#- What a model of ours is told in segments.yml, as `meta`: a list of mappings. Each is JSON in a text that neither YAML nor
    Jinja can take for anything else (segctl/render/meta.py); its line breaks are between keys, or cut a long line.
    Models whose yml is missing would tell of nothing, and every stay would end. -#}
{% macro declared(name) %}
    {%- set node = segctl.segment_model(name) -%}
    {%- set found = [] -%}
    {%- if execute and not (node and 'declared' in node.config.meta) -%}
        {%- do segctl.refuse(
            'missing-declaration',
            "models/segments/segments.yml does not say what " ~ name ~ " holds"
        ) -%}
    {%- endif -%}
    {%- for text in (node.config.meta.declared if node else []) -%}
        {%- do found.append(fromjson(text[5:].replace('\n', ''))) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
