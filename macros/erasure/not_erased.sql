{#- The condition that a member of an entity has not been erased, whatever the source still holds. -#}
{% macro not_erased(key, entity) -%}
    {%- set erased = segctl.existing_relation('erased_members') -%}
    {%- set known = segctl.invocation_cache() -%}
    {%- if 'salt' not in known -%}
        {%- do known.update({'salt': run_query('select max(salt) from ' ~ erased).columns[0][0] if erased else none}) -%}
    {%- endif -%}
    {%- if not known['salt'] -%}
        {{ return('true') }}
    {%- endif -%}
    {{ segctl.key_hash(key, "'" ~ known['salt'] ~ "'") }} not in (
        select member_hash
        from {{ erased }}
        where entity = '{{ entity }}'
    )
{%- endmacro %}
