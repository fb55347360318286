{#- A text literal that is another when customers' features are computed in another way: that of one of their models, of what
    its properties say of it, or of the macros that they call, whose edition is to be raised with each change of what they come
    to. -#}
{% macro features_hash() -%}
    {%- set edition = 5 -%}
    {%- set known = segctl.invocation_cache() -%}
    {%- if 'features_hash' not in known -%}
        {%- do known.update({'features_hash': segctl.hash_of_features(edition)}) -%}
    {%- endif -%}
    '{{ known['features_hash'] }}'
{%- endmacro %}

{% macro hash_of_features(edition) %}
    {%- set texts = [] -%}
    {%- for node in segctl.feature_models() | sort(attribute='name') -%}
        {%- do texts.append(node.name ~ ':' ~ node.raw_code ~ ':' ~ node.columns.keys() | join(',')) -%}
    {%- endfor -%}
    {%- set joined = segctl.segment_model('customer_features') -%}
    {%- for key in (('attributes', 'inputs', 'sources', 'kept', 'made', 'anew') if joined else ()) -%}
        {%- do texts.append(tojson(joined.config.meta.get(key), sort_keys=true)) -%}
    {%- endfor -%}
    {{ return(local_md5(edition ~ ':' ~ texts | join(';')) if texts else '') }}
{% endmacro %}
