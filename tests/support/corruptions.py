"""Statements that corrupt the tables of the shop with a past, and the differences that `verify` must report."""

from dataclasses import dataclass

from tests.support.shops.past_shop import (
    AT,
    DAYS,
    key,
)


@dataclass(frozen=True)
class Meddling:
    """Statements that corrupt the tables, and the expected report: features, stays, sizes (segment and run's time)."""

    statements: tuple[str, ...]
    features: tuple[tuple[str, str, int], ...] = ()
    stays: tuple[tuple[str, str, int], ...] = ()
    sizes: tuple[tuple[str, str], ...] = ()
    since: tuple[str, ...] = ()
    gaps: tuple[tuple[str, str, int, int], ...] = ()


SECOND, THIRD, LAST = (f"timestamp '{at:%Y-%m-%d %H:%M:%S}'" for at in AT[1:])
SINCE_FIRST = ("--since", DAYS[0])


def delete(segment: str, member: str, stays: str = "segment_stays", id_column: str = "customer_id") -> str:
    return f"delete from shop.{stays} where segment = '{segment}' and {id_column} = '{member}'"


def change(segment: str, member: str, what: str) -> str:
    return f"update shop.segment_stays set {what} where segment = '{segment}' and customer_id = '{member}'"


def double(segment: str, member: str) -> str:
    chosen = f"from shop.segment_stays where segment = '{segment}' and customer_id = '{member}'"
    return f"insert into shop.segment_stays select * {chosen}"


def resize(segment: str, at: str, what: str) -> str:
    return f"update shop.run_sizes set {what} where segment = '{segment}' and as_of = {at}"


NO_END = "left_at = null, leave_cause = null, leave_definition_hash = null, leave_run_id = null"
INVENTED = """
insert into shop.segment_stays (segment, customer_id, joined_at, join_cause, join_definition_hash, join_run_id)
select segment, 'cust-001', joined_at, join_cause, join_definition_hash, join_run_id
from shop.segment_stays where segment = 'french' and customer_id = 'cust-000'
"""
SPOILT_FEATURE = "update shop.customer_features set country = 'XX' where customer_id = 'cust-001'"
MEDDLING = {
    "with what lies back": Meddling(
        (
            delete("recent", key(0)),
            change("lasting", key(0), f"left_at = {SECOND}"),
            double("best", key(0)),
            resize("silver", SECOND, "size = size + 1"),
            resize("spender", SECOND, "joined_count = joined_count + 1"),
            resize("gold", SECOND, "left_count = left_count + 1"),
            SPOILT_FEATURE,
        ),
        (("customer_features", "country", 1),),
        (),
        (
            *(("recent", "2024-03-30T00:00:00Z"), ("recent", "2024-03-31T00:00:00Z")),
            *(("lasting", "2024-03-31T00:00:00Z"), ("lasting", "2024-03-31T23:00:00Z")),
            *(("best", "2024-03-30T00:00:00Z"), ("best", "2024-03-31T00:00:00Z")),
            *(("silver", "2024-03-31T00:00:00Z"), ("silver", "2024-03-31T23:00:00Z")),
            *(("spender", "2024-03-31T00:00:00Z"), ("gold", "2024-03-31T00:00:00Z")),
        ),
    ),
    "with the last run": Meddling(
        (
            delete("recent", key(8)),
            change("lasting", key(1), NO_END),
            double("silver", key(12)),
            INVENTED,
            resize("spender", LAST, "size = size - 1"),
            f"delete from shop.run_sizes where segment = 'gold' and as_of = {LAST}",
            delete("retail", "acct-0", "account_segment_stays", "account_id"),
            "update shop.account_features set industry = 'XX' where account_id = 'acct-0'",
            f"delete from shop.customer_features where customer_id = '{key(2)}'",
        ),
        (("account_features", "industry", 1), ("customer_features", "rows", 1)),
        (
            *(("recent", "only recomputed", 1), ("lasting", "another end", 1), ("french", "another end", 1)),
            ("retail", "only recomputed", 1),
        ),
        (
            *(("recent", "2024-04-01T23:00:00Z"), ("lasting", "2024-04-01T23:00:00Z")),
            *(("silver", "2024-04-01T23:00:00Z"), ("spender", "2024-04-01T23:00:00Z")),
            *(("french", "2024-03-30T00:00:00Z"), ("retail", "2024-03-30T00:00:00Z")),
        ),
    ),
    "with names and causes": Meddling(
        (
            # Another customer's stay: no size changes.
            change("recent", key(0), f"customer_id = '{key(4)}'"),
            change("lasting", key(1), "leave_cause = 'activity'"),
            change("lasting", key(2), "join_cause = 'time'"),
            change("best", key(0), "join_run_id = 'someone'"),
        ),
        (),
        (("recent", "only recorded", 1), ("recent", "only recomputed", 1), ("lasting", "another cause", 2)),
        (),
        SINCE_FIRST,
    ),
    "with a feature alone": Meddling((SPOILT_FEATURE,), (("customer_features", "country", 1),)),
    "with a size alone": Meddling(
        (resize("best", LAST, "size = size + 1"),), (), (), (("best", "2024-04-01T23:00:00Z"),)
    ),
    # No customer joined or left it in that run, so its stays do not miss it.
    "with a row of a run": Meddling(
        (f"delete from shop.run_sizes where segment = 'retail' and as_of = {SECOND}",),
        gaps=(("2024-03-31T00:00:00Z", "sizes", 9, 8), ("2024-03-31T00:00:00Z", "sizes of segments", 9, 8)),
    ),
    # The row of the run has none of them either, as if it was published before they were written.
    "with a row that the run has not counted": Meddling(
        (
            f"delete from shop.run_sizes where segment = 'retail' and as_of = {SECOND}",
            f"update shop.segment_runs set segments = 8 where as_of = {SECOND}",
        ),
        gaps=(("2024-03-31T00:00:00Z", "sizes of segments", 9, 8),),
    ),
    "with the row of a run": Meddling(
        (
            f"update shop.segment_runs set joined_count = 0, left_count = left_count + 1 where as_of = {SECOND}",
            f"delete from shop.run_sources where as_of = {THIRD}",
        ),
        gaps=(
            ("2024-03-31T00:00:00Z", "joins", 0, 27),
            ("2024-03-31T00:00:00Z", "leaves", 7, 6),
            ("2024-03-31T23:00:00Z", "sources", 1, 0),
        ),
    ),
}
