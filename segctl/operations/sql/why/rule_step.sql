<< name >> as (
    {{ segctl.step_apart() }}
    select
        *,
        << columns >>
    from << before >>
)
