{#- Stops when a setting of the root project or the command line would harm a history, and lists all of them. Most
    settings cannot: the configuration and properties of our models take precedence over dbt_project.yml. -#}
{% macro check_settings() %}
    {%- set problems = segctl.unsafe_flags() + segctl.unsafe_aliases() + segctl.hidden_macros() + segctl.invalid_variables() -%}
    {%- if not dbt_version.startswith('1.') -%}
        {%- do problems.append('dbt ' ~ dbt_version ~ ': it compiles our models, but cannot build them yet; use dbt-core 1') -%}
    {%- elif 'operation.segctl.segctl-on-run-start-0' not in graph.nodes -%}
        {%- do problems.append(
            'models +enabled: it disables the on-run-start hook of the package; add segctl: {+enabled: true} below models'
        ) -%}
    {%- endif -%}
    {%- if problems -%}
        {%- do segctl.refuse('unsafe-settings', "settings of dbt stop this run:\n" ~ problems | join('\n')) -%}
    {%- endif -%}
{% endmacro %}

{#- Flags that make models read something other than their sources. -#}
{% macro unsafe_flags() %}
    {%- set problems = [] -%}
    {%- if flags.EMPTY -%}
        {%- do problems.append('--empty: everybody would leave every segment; leave it out, or exclude path:models/segments') -%}
    {%- endif -%}
    {#- `flags` does not have it. -#}
    {%- if invocation_args_dict.get('sample') -%}
        {%- do problems.append('--sample: members would be those of a sample; leave it out, or exclude path:models/segments') -%}
    {%- endif -%}
    {{ return(problems) }}
{% endmacro %}

{#- Aliases: a table under another name is another table, whose history begins again. -#}
{% macro unsafe_aliases() %}
    {%- set problems = [] -%}
    {%- for node in segctl.segment_models() if node.config.alias -%}
        {%- do problems.append(
            'models +alias: ' ~ node.name ~ ' would be called ' ~ node.config.alias
            ~ ' and its history begin anew; take the alias away from models/segments'
        ) -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}

{#- Macros of other packages that would replace ours: by `dispatch`, and materializations by name. -#}
{% macro hidden_macros() %}
    {%- set problems = [] -%}
    {#- Under another name, since dbt parses calls of `adapter.dispatch` and requires a literal there. -#}
    {%- set dispatched = adapter.dispatch -%}
    {%- for name in segctl if name.startswith('default__') -%}
        {%- set owner = dispatched(name.removeprefix('default__'), 'segctl').macro -%}
        {%- if owner.package_name != 'segctl' -%}
            {%- do problems.append(
                'dispatch: ' ~ owner.package_name ~ '.' ~ owner.name ~ ' hides a macro of ours; take '
                ~ owner.package_name ~ ' out of the search_order of segctl, or rename the macro'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in context.get(project_name, {}) if project_name != 'segctl' and name.startswith('materialization_') -%}
        {%- if name.startswith(('materialization_recorded_', 'materialization_lasting_view_')) -%}
            {%- do problems.append('macros: ' ~ project_name ~ '.' ~ name ~ ' hides a materialization of ours; rename it') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}

{#- Variables of ours with an invalid value. -#}
{% macro invalid_variables() %}
    {%- set problems = [] -%}
    {%- for name, default in {'segctl_flapping_days': 30, 'segctl_flapping_joins': 3, 'segctl_lease_minutes': 30}.items() -%}
        {%- set value = var(name, default) -%}
        {%- if not modules.re.match('^[1-9][0-9]{0,5}$', value | string) -%}
            {%- do problems.append('vars ' ~ name ~ ': ' ~ value ~ ' is no whole number from 1 on; change it in dbt_project.yml') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}
