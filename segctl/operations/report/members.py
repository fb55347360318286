"""Members of segments, for reports that name them."""

from collections.abc import Iterable

from segctl.operations.report.contents import Member
from segctl.operations.report.runs import Local, number
from segctl.operations.report.source import Tables
from segctl.operations.runs.tables import tables_of

# The maximum number of members per segment.
MOST_MEMBERS = 1000
# The revenue of a member is in the feature table, which only the warehouse has.
REVENUE = {True: "features.revenue", False: "null"}
JOINED = "    left join {{{{ ref('{features}') }}}} as features on membership.{key} = features.{key}\n"
MEMBERS = """
select segment, {key}, joined_at, join_cause, revenue
from (
    select
        membership.segment,
        membership.{key},
        membership.joined_at,
        membership.join_cause,
        {revenue} as revenue,
        row_number() over (
            partition by membership.segment
            order by {order}membership.joined_at desc, membership.{key}
        ) as place
    from {{{{ ref('{prefix}segment_membership') }}}} as membership
{joined}) as placed
where place <= {most}
order by segment, place
"""


def read_members(tables: Tables, entities: Iterable[str], local: Local) -> dict[str, tuple[Member, ...]]:
    """The first MOST_MEMBERS members by segment, highest revenue first, or latest join first without revenue.

    Raises Failure.
    """
    members_by_segment: dict[str, list[Member]] = {}
    for entity in sorted(set(entities)):
        names = tables_of(entity)
        is_valued = names["features"] in tables.names
        sql = MEMBERS.format(
            key=names["key"],
            prefix=names["prefix"],
            revenue=REVENUE[is_valued],
            order=f"coalesce({REVENUE[True]}, 0) desc, " if is_valued else "",
            joined=JOINED.format(**names) if is_valued else "",
            most=MOST_MEMBERS,
        )
        for segment, key, joined_at, cause, revenue in tables.of(f"{names['prefix']}segment_membership", sql):
            members_by_segment.setdefault(segment, []).append(
                Member(str(key), local(joined_at), cause or "", number(revenue))
            )
    return {name: tuple(members) for name, members in members_by_segment.items()}
