{#- For PostgreSQL, which alters no column that a view reads: statements that alter `columns` (mappings of table and
    column). All views that read them, ours and others, are dropped and recreated with their owners, grants, options and
    comments. Ours may get another query (`views`, by name). All of it is one statement: when a view cannot be
    recreated, nothing has changed, and `refusal` is the error. A materialized view is left to its owner, since
    recreating it would recompute it. -#}
{% macro alter_below_views(columns, statements, refusal, views={}) %}
{%- set text -%}
do $altering$
declare
    dependent record;
    entry record;
    place text := '';
    remade text[] := '{}';
    statement text;
begin
    for dependent in
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
                        {%- for change in columns %}
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

        -- A view comes after everything that it reads.
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
        place := format('view %s reads it', dependent.name);
        if dependent.relkind != 'v' then
            raise exception 'drop it, and make it anew after the next run';
        end if;
        {%- for view, query in views.items() %}
        if dependent.oid = '{{ view }}'::regclass then
            dependent.query := $query${{ query }}$query$;
        end if;
        {%- endfor %}
        statement := format('create view %s', dependent.name);
        if dependent.reloptions is not null then
            statement := statement || format(' with (%s)', array_to_string(dependent.reloptions, ', '));
        end if;
        statement := statement || format(E' as\n%s;', rtrim(dependent.query, E' \n;'));
        if dependent.owner != current_user then
            statement := statement || format(' alter view %s owner to %I;', dependent.name, dependent.owner);
        end if;
        for entry in
            select
                rights.privilege_type,
                case when rights.is_grantable then ' with grant option' else '' end as options,
                case when rights.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(rights.grantee)) end as grantee
            from aclexplode(dependent.relacl) as rights
            where rights.grantee != dependent.relowner
        loop
            statement := statement
                || format(' grant %s on %s to %s%s;', entry.privilege_type, dependent.name, entry.grantee, entry.options);
        end loop;
        for entry in
            select
                case when comments.objsubid = 0 then format('view %s', dependent.name)
                else format('column %s.%I', dependent.name, columns.attname) end as object,
                comments.description
            from pg_description as comments
            left join pg_attribute as columns on columns.attrelid = comments.objoid and columns.attnum = comments.objsubid
            where comments.objoid = dependent.oid and comments.classoid = 'pg_class'::regclass
                {%- for view in views %}
                -- A view with another query may have other columns.
                and not (dependent.oid = '{{ view }}'::regclass and columns.attname in (
                    {{- "'" ~ columns | map(attribute='column') | join("', '") ~ "'" -}}
                ))
                {%- endfor %}
        loop
            statement := statement || format(' comment on %s is %L;', entry.object, entry.description);
        end loop;
        remade := statement || remade;
        execute format('drop view %s', dependent.name);
    end loop;
    place := 'its table cannot be altered';
    {%- for statement in statements %}
    {{ statement }};
    {%- endfor %}
    foreach statement in array remade loop
        place := format('%s cannot be made anew', substring(statement from 'view \S+'));
        execute statement;
    end loop;
exception when others then
    raise exception '{{ refusal }}, % (%)', place, sqlerrm;
end;
$altering$
{%- endset -%}
{{ return([text]) }}
{% endmacro %}
