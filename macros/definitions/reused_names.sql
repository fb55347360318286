{#- A step `reused_names`: segments, defined since they were last published, under a name that had another meaning, with
    the reason in `former_use`: 'reused_name'. Either a definition of that name was removed and this one differs, or a
    segment that has another name now had it. -#}
{% macro reused_names(evaluated) -%}
versions as (
    select
        definition_versions.segment,
        definition_versions.definition_hash,
        definition_versions.formerly,
        definition_versions.valid_from,
        definition_versions.valid_to,
        {%- if evaluated %}
        published.since,
        {%- else %}
        cast(null as {{ segctl.timestamp_type() }}) as since,
        {%- endif %}
        lag(definition_versions.valid_to) over (
            partition by definition_versions.segment
            order by definition_versions.valid_from
        ) as former_valid_to
    from definition_versions
    {%- if evaluated %}
    left join (
        {{ evaluated }}
    ) as published on definition_versions.segment = published.segment
    {%- endif %}
),

resumed as (
    select distinct segment
    from versions
    where
        former_valid_to < valid_from
        and (since is null or valid_from > since)
),

-- The meaning of each name when it was last published.
last_meant as (
    select
        versions.segment,
        versions.definition_hash
    from versions
    inner join (
        select
            segment,
            max(valid_from) as valid_from
        from versions
        where valid_from <= since
        group by segment
    ) as latest on versions.segment = latest.segment and versions.valid_from = latest.valid_from
),

reused_names as (
    select
        versions.segment,
        'reused_name' as former_use
    from versions
    inner join resumed on versions.segment = resumed.segment
    left join last_meant on versions.segment = last_meant.segment
    where
        versions.valid_to is null
        and (last_meant.definition_hash is null or versions.definition_hash != last_meant.definition_hash)
    {{ segctl.distinct_union() }}
    select
        renamed.formerly as segment,
        'reused_name' as former_use
    from versions as renamed
    inner join versions on renamed.formerly = versions.segment
    where
        versions.valid_to is null
        and versions.since is null
)
{%- endmacro %}
