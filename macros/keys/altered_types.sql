{#- The statements that give columns other types; `changes` are mappings of table, column and type. -#}
{% macro altered_types(changes) %}
    {{ return(adapter.dispatch('altered_types', 'segctl')(changes)) }}
{% endmacro %}

{% macro default__altered_types(changes) %}
    {%- set statements = [] -%}
    {%- for change in changes -%}
        {%- do statements.append(
            'alter table ' ~ change.table ~ ' alter column ' ~ change.column ~ ' type ' ~ change.type
        ) -%}
    {%- endfor -%}
    {{ return(statements) }}
{% endmacro %}

{#- Trino says it in other words. -#}
{% macro trino__altered_types(changes) %}
    {%- set statements = [] -%}
    {%- for change in changes -%}
        {%- do statements.append(
            'alter table ' ~ change.table ~ ' alter column ' ~ change.column ~ ' set data type ' ~ change.type
        ) -%}
    {%- endfor -%}
    {{ return(statements) }}
{% endmacro %}

{#- BigQuery says it in other words, too. -#}
{% macro bigquery__altered_types(changes) %}
    {{ return(segctl.trino__altered_types(changes)) }}
{% endmacro %}

{#- Redshift has no views that are in the way, as long as they are made without binding. -#}
{% macro redshift__altered_types(changes) %}
    {{ return(segctl.default__altered_types(changes)) }}
{% endmacro %}

{#- PostgreSQL alters no column that a view reads. All such views, also those that are not ours, are dropped and made anew with
    their owners, rights, options and comments. It is one statement: where a view cannot be made anew, nothing has happened.
    A materialized view is left to its owner, since making it anew computes it anew. -#}
{% macro postgres__altered_types(changes) %}
{%- set text -%}
do $altering$
declare
    found record;
    more record;
    place text := '';
    remade text[] := '{}';
    statement text;
begin
    for found in
        with recursive reading as (
            select rewrites.ev_class as view, 1 as depth
            from pg_depend as depends
            inner join pg_rewrite as rewrites on rewrites.oid = depends.objid
            where
                depends.classid = 'pg_rewrite'::regclass
                and depends.refclassid = 'pg_class'::regclass
                and depends.deptype = 'n'
                and (depends.refobjid, depends.refobjsubid) in (
                    select attrelid, attnum
                    from pg_attribute
                    where
                        {%- for change in changes %}
                        {{ 'or ' if not loop.first }}(attrelid = '{{ change.table }}'::regclass and attname = '{{ change.column }}')
                        {%- endfor %}
                )
            union
            select rewrites.ev_class, reading.depth + 1
            from reading
            inner join pg_depend as depends on depends.refobjid = reading.view
            inner join pg_rewrite as rewrites on rewrites.oid = depends.objid and rewrites.ev_class != reading.view
            where depends.classid = 'pg_rewrite'::regclass and depends.refclassid = 'pg_class'::regclass
        ),

        -- A view comes after all that it reads.
        ordered as (
            select view, max(depth) as depth
            from reading
            group by view
        )

        select
            classes.oid,
            classes.relkind,
            classes.relowner,
            classes.relacl,
            classes.reloptions,
            format('%I.%I', schemas.nspname, classes.relname) as name,
            pg_get_userbyid(classes.relowner) as owner,
            pg_get_viewdef(classes.oid) as query
        from ordered
        inner join pg_class as classes on ordered.view = classes.oid
        inner join pg_namespace as schemas on classes.relnamespace = schemas.oid
        order by ordered.depth desc
    loop
        place := format('view %s reads it', found.name);
        if found.relkind != 'v' then
            raise exception 'drop it, and make it anew after the next run';
        end if;
        statement := format('create view %s', found.name);
        if found.reloptions is not null then
            statement := statement || format(' with (%s)', array_to_string(found.reloptions, ', '));
        end if;
        statement := statement || format(E' as\n%s;', rtrim(found.query, E' \n;'));
        if found.owner != current_user then
            statement := statement || format(' alter view %s owner to %I;', found.name, found.owner);
        end if;
        for more in
            select
                rights.privilege_type,
                case when rights.is_grantable then ' with grant option' else '' end as options,
                case when rights.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(rights.grantee)) end as grantee
            from aclexplode(found.relacl) as rights
            where rights.grantee != found.relowner
        loop
            statement := statement
                || format(' grant %s on %s to %s%s;', more.privilege_type, found.name, more.grantee, more.options);
        end loop;
        for more in
            select
                case when told.objsubid = 0 then format('view %s', found.name)
                else format('column %s.%I', found.name, columns.attname) end as object,
                told.description
            from pg_description as told
            left join pg_attribute as columns on columns.attrelid = told.objoid and columns.attnum = told.objsubid
            where told.objoid = found.oid and told.classoid = 'pg_class'::regclass
        loop
            statement := statement || format(' comment on %s is %L;', more.object, more.description);
        end loop;
        remade := statement || remade;
        execute format('drop view %s', found.name);
    end loop;
    place := 'its table cannot be altered';
    {%- for change in changes %}
    alter table {{ change.table }} alter column {{ change.column }} type {{ change.type }};
    {%- endfor %}
    foreach statement in array remade loop
        place := format('%s cannot be made anew', substring(statement from 'view \S+'));
        execute statement;
    end loop;
exception when others then
    raise exception 'a column that is recorded cannot become wider, % (%)', place, sqlerrm;
end;
$altering$
{%- endset -%}
{{ return([text]) }}
{% endmacro %}
