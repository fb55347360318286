select
    (select count(*) from {{ ref('definition_versions') }}) as versions,
    (select count(*) from {{ ref('segment_corrections') }}) as corrections
