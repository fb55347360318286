"""What a run came to, segment by segment: sizes, who joined and left by cause, and definitions that began with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from segctl.operations.tables import tables_of
from segctl.plan import Plan
from segctl.spec import CUSTOMER
from segctl.warehouse import Row, Warehouse

# The segments of the last run.
SIZES = """
select
    sizes.segment,
    definitions.label,
    definitions.owner,
    sizes.size,
    sizes.joined_count,
    sizes.left_count,
    sizes.member_revenue,
    sizes.total_revenue,
    sizes.held_by,
    sizes.held_joins,
    sizes.held_leaves,
    sizes.as_of,
    sizes.run_id
from {{ ref('segment_sizes') }} as sizes
left join {{ ref('segment_definitions') }} as definitions
    on sizes.segment = definitions.segment and definitions.valid_to is null
where sizes.run_id = (select max(run_id) from {{ ref('segment_runs') }})
"""
# A run's proposals are what moved, but for what guards held back; a changed history would have to be read for the same.
# First runs are left out: of the members of many new segments they tell what the sizes do.
CAUSES = """
select segment, change, cause, count(*) as moved
from {{{{ ref('{prefix}segment_proposals') }}}}
where cause <> '{first}'
group by segment, change, cause
"""
# Whether the version of each definition that stands began with a run, and whether it means something else than before.
BEGUN = """
select
    segment,
    valid_from,
    version = 1 as is_new,
    definition_hash <> lag(definition_hash) over (partition by segment order by version) as is_edited,
    valid_to
from {{ ref('segment_definitions') }}
"""
OUTCOME = """
select
    sizes.*,
    runs.previous_as_of,
    causes.change,
    causes.cause,
    causes.moved,
    coalesce(begun.is_new, false) as is_new,
    coalesce(begun.is_edited, false) as is_edited
from ({sizes}) as sizes
inner join {{{{ ref('segment_runs') }}}} as runs on sizes.run_id = runs.run_id
left join ({causes}) as causes on sizes.segment = causes.segment and sizes.held_by is null
left join ({begun}) as begun
    on sizes.segment = begun.segment and sizes.as_of = begun.valid_from and begun.valid_to is null
order by sizes.segment, causes.change, causes.moved desc, causes.cause
"""
MORE = ("previous_as_of", "change", "cause", "moved", "is_new", "is_edited")
FIRST = "first_run"


@dataclass(frozen=True)
class Causes:
    """How many joined and left a segment in a run by cause, the most frequent first."""

    joined: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Moves:
    """The segments of the last run (columns of SIZES, by name), with the causes of those that moved.

    `new` and `edited` are those whose definition began with this run, or changed its meaning. All of a run that
    `is_first` is new.
    """

    rows: list[Row]
    causes: Mapping[str, Causes]
    edited: tuple[str, ...]
    new: tuple[str, ...]
    is_first: bool


def moves_of(plan: Plan, warehouse: Warehouse) -> Moves:
    """What the last run came to. Raises Failure."""
    entities = (CUSTOMER, *(entity.name for entity in plan.entities))
    causes = "union all".join(CAUSES.format(first=FIRST, prefix=tables_of(name)["prefix"]) for name in entities)
    found = warehouse.query(OUTCOME.format(sizes=SIZES, causes=causes, begun=BEGUN))
    told = {row["segment"]: Causes() for row in found}
    for row in found:
        if row["change"]:
            one = told[row["segment"]]
            (one.joined if row["change"] == "join" else one.left)[row["cause"]] = int(row["moved"])
    firsts = {row["segment"]: row for row in found}
    for name, row in firsts.items():
        if row["joined_count"] and not told[name].joined:
            told[name].joined[FIRST] = int(row["joined_count"])
    rows = [{key: value for key, value in row.items() if key not in MORE} for row in firsts.values()]
    is_first = bool(found) and found[0]["previous_as_of"] is None
    edited = tuple(name for name, row in firsts.items() if row["is_edited"] and not row["held_by"])
    new = tuple(name for name, row in firsts.items() if row["is_new"] and not row["held_by"])
    moved = {name: one for name, one in told.items() if one.joined or one.left}
    return Moves(rows, moved, edited, () if is_first else new, is_first)
