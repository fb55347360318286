with answers as (
    select * from {{ ref('raw_survey_answers') }}
)

select
    answer_id,
    customer_id,
    answered_at,
    question,
    answer,
    case
        when question = 'would_recommend' then cast(answer as integer)
    end as score
from answers
