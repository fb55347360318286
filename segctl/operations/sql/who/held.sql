select
    '<< table >>' as table_name,
    count(*) as row_count
from << relation >>
where cast(<< key >> as {{ dbt.type_string() }}) = << member >>
