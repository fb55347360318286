{#- What models of one invocation of dbt have found already: a mapping that they add to. It hangs on dbt's graph, the one object that
    all of them see. Only what no model of the invocation changes belongs here, and nothing that a hook or an operation finds: these
    write what models read. -#}
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
