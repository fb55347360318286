select
    members.place,
    << columns >>
from turns_data as members<< joined >>
where members.turn = 1
order by members.place, {{ segctl.text_order('members.member') }}
