{#- A text literal that changes when customers' features are computed in another way: when one of their models or its
    properties changes, or the edition below. Raise the edition when a change of macros changes what features come to.
    It is a number and not a digest of the macros: dbt's graph holds no text of macros, and a digest would recompute
    everybody after each change of names, comments or layout. tests/runs/test_features_hash.py fails when the macros
    change. -#}
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
