select
    << day >> as day,
    coalesce(
        (
            with
            << steps >><< referred >>

            select << rule >>
            from << last >>
            where cast(<< key >> as {{ dbt.type_string() }}) = << member >>
        ),
        false
    ) as holds
