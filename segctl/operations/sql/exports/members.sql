-- No model is imported under a name that ends in _data: import_name leaves these to the steps here.
with
<< steps >>members_data as (
    select
        history.segment,
        history.<< key >>,
        cast(history.<< key >> as {{ dbt.type_string() }}) as member,
        history.joined_at,
        history.join_cause,
        << eligible >> as eligible,
        << place >> as place
    from {{ ref('<< prefix >>segment_history') }} as history
    left join {{ ref('<< table >>') }} as kept on history.<< key >> = kept.<< key >>
    where
        history.segment in (<< segments >>)
        and history.joined_at <= << instant >>
        and (history.left_at is null or history.left_at > << instant >>)
    << only >>
),

turns_data as (
    select
        *,
        << turn >> as turn
    from members_data
)

<< answer >>
