with << before >>own as (
    select *
    from << relation >>
    where cast(<< key >> as {{ dbt.type_string() }}) = << customer >>
)<< steps >>

select << answers >>
from << last >> as features
