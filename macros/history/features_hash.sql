{#- A text literal that is another when customers' features are computed in another way: that of the model, or that of the
    macros that it calls, whose edition is to be raised with each change of what they come to. -#}
{% macro features_hash() -%}
    {%- set edition = 2 -%}
    {%- set node = segctl.own_node('customer_features') if execute else none -%}
    '{{ local_md5(edition ~ ':' ~ node.raw_code) if node else '' }}'
{%- endmacro %}
