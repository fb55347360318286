{#- The breaches of a source's guards as sentences, from its row of `check_sources`. -#}
{% macro source_breaches(row) %}
    {%- set breaches = [] -%}
    {%- set former = row['former_count'] or 0 -%}
    {%- set lost = former - row['known_count'] -%}
    {%- if former > 0 and row['row_count'] == 0 -%}
        {%- do breaches.append(row['source'] ~ ': empty, and the last run saw ' ~ former ~ ' rows') -%}
    {%- elif row['max_loss'] is not none and former > 0 and lost * 100 > row['max_loss'] * former -%}
        {%- do breaches.append(
            row['source'] ~ ': ' ~ lost ~ ' of the ' ~ former ~ ' rows that the last run saw are gone ('
            ~ '%.1f' % (lost * 100 / former) ~ ' %; max_loss is ' ~ '%g' % row['max_loss'] ~ ' %)'
        ) -%}
    {%- endif -%}
    {%- if row['freshness'] is not none and (row['fresh_count'] or 0) == 0 -%}
        {%- do breaches.append(
            row['source'] ~ ': stale, '
            ~ ('the newest row is of ' ~ row['latest_at'] ~ ' UTC' if row['latest_at'] else 'there is no row')
            ~ ' (freshness is ' ~ row['freshness'] ~ ')'
        ) -%}
    {%- endif -%}
    {#- Keys of entities are refused by `with_checked_key`, whatever is allowed. -#}
    {%- set event = row['kind'] == 'event' -%}
    {%- if event and row['missing_keys'] -%}
        {%- do breaches.append(row['source'] ~ ': ' ~ row['missing_keys'] ~ ' rows have no key') -%}
    {%- endif -%}
    {%- if event and row['repeated_keys'] -%}
        {%- do breaches.append(row['source'] ~ ': ' ~ row['repeated_keys'] ~ ' rows repeat the key of another') -%}
    {%- endif -%}
    {{ return(breaches) }}
{% endmacro %}
