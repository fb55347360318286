{{ config(materialized='ephemeral') }}

{#- The definitions are `meta` of this model, in segments.yml: whatever reads them comes after it. -#}
{%- set columns = {
    'segment': 'text',
    'definition_hash': 'text',
    'enabled': 'boolean',
    'label': 'text',
    'description': 'text',
    'owner': 'text',
    'tags': 'text',
    'rule': 'text',
    'canonical_definition': 'text',
    'source_file': 'text',
    'entity': 'text',
    'leave_if_joined_by': 'ago',
    'rejoin_if_left_by': 'ago',
    'has_memory': 'boolean',
    'formerly': 'text',
    'exclusive_group': 'text',
    'max_change': 'share',
    'min_size': 'whole',
    'max_size': 'whole',
    'replayable': 'text',
    'changing_attributes': 'text'
} %}

with {{ segctl.rows('declared', columns, segctl.declared('declared_segments')) }}

select
    {{ columns | join(',\n    ') }}
from declared
where segment != '' and {{ segctl.is_included('segment') }}
