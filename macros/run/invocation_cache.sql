{#- What the models of this invocation have already found, as a mapping that they add to. It is part of dbt's graph, the
    one object that all of them share. It may hold only what no model changes, and nothing that a hook or an operation
    finds, since these write what models read. -#}
{% macro invocation_cache() %}
    {%- if not execute or model is not defined or model.resource_type not in ('model', 'test') -%}
        {{ return({}) }}
    {%- endif -%}
    {#- A manifest serves several invocations. -#}
    {%- if graph.get('segctl', {}).get('invocation_id') != invocation_id -%}
        {%- do graph.update({'segctl': {'invocation_id': invocation_id}}) -%}
    {%- endif -%}
    {{ return(graph['segctl']) }}
{% endmacro %}
