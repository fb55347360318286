{{ config(materialized='ephemeral') }}

{#- The definition of each segment declares the data that it depends on. -#}
{%- set inputs = [] %}
{%- for segment in segctl.declared('declared_segments') %}
{%- for name in segment.get('inputs', []) %}
{%- do inputs.append({'segment': segment.segment, 'input_name': name}) %}
{%- endfor %}
{%- endfor %}

with {{ segctl.rows('inputs', {'segment': 'text', 'input_name': 'text'}, inputs) }}

select
    segment,
    input_name
from inputs
