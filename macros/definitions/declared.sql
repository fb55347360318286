{#- The `meta` of one of our models in segments.yml, as a list of mappings. Each is JSON in a text that neither YAML nor
    Jinja can misread (segctl/render/properties/meta.py); its line breaks are between keys, or fold a long line. Without the yml
    there would be no definitions and every stay would end, so this stops. -#}
{% macro declared(name) %}
    {%- set node = segctl.segment_model(name) -%}
    {%- set declarations = [] -%}
    {%- if execute and not (node and 'declared' in node.config.meta) -%}
        {%- do segctl.refuse(
            'missing-declaration',
            "models/segments/segments.yml does not say what " ~ name ~ " holds"
        ) -%}
    {%- endif -%}
    {%- for text in (node.config.meta.declared if node else []) -%}
        {%- do declarations.append(fromjson(text[5:].replace('\n', ''))) -%}
    {%- endfor -%}
    {{ return(declarations) }}
{% endmacro %}
