{#- For PostgreSQL, which alters no column that a view reads: statements that alter `columns` (mappings of table and
    column). All views that read them, ours and others, are dropped and recreated with their owners, grants, options and
    comments. Ours may get another query (`views`, by name). All of it is one statement: when a view cannot be
    recreated, nothing has changed, and `refusal` is the error. A materialized view is left to its owner, since
    recreating it would recompute it. -#}
{% macro alter_below_views(columns, statements, refusal, views={}) %}
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
        place := format('view %s reads it', found.name);
        if found.relkind != 'v' then
            raise exception 'drop it, and make it anew after the next run';
        end if;
        {%- for view, query in views.items() %}
        if found.oid = '{{ view }}'::regclass then
            found.query := $query${{ query }}$query$;
        end if;
        {%- endfor %}
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
                case when comments.objsubid = 0 then format('view %s', found.name)
                else format('column %s.%I', found.name, columns.attname) end as object,
                comments.description
            from pg_description as comments
            left join pg_attribute as columns on columns.attrelid = comments.objoid and columns.attnum = comments.objsubid
            where comments.objoid = found.oid and comments.classoid = 'pg_class'::regclass
                {%- for view in views %}
                -- A view with another query may have other columns.
                and not (found.oid = '{{ view }}'::regclass and columns.attname in (
                    {{- "'" ~ columns | map(attribute='column') | join("', '") ~ "'" -}}
                ))
                {%- endfor %}
        loop
            statement := statement || format(' comment on %s is %L;', more.object, more.description);
        end loop;
        remade := statement || remade;
        execute format('drop view %s', found.name);
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
