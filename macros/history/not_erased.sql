{#- The condition that a member of an entity has not been erased: whatever the source still holds of them. -#}
{% macro not_erased(key, entity) -%}
    {%- set erased = segctl.own_relation('erased_members') -%}
    {%- set salts = run_query('select max(salt) from ' ~ erased).columns[0].values() if erased else [] -%}
    {%- if not salts or not salts[0] -%}
        {{ return('true') }}
    {%- endif -%}
    {{ segctl.key_hash(key, "'" ~ salts[0] ~ "'") }} not in (
        select member_hash
        from {{ erased }}
        where entity = '{{ entity }}'
    )
{%- endmacro %}
