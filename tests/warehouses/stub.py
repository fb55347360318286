"""A warehouse stub: dbt's adapters are real, their connections remember statements and know the contents.

It only replaces what opens connections: the connection, its cursor, and the adapters' own queries about schemas, tables
and columns. Macros, dispatch, hooks, materializations and splitting of statements are theirs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from dbt_common.events.contextvars import get_node_info

Columns = Sequence[tuple[str, str]]
BESIDE = ("__difference", r"__dbt_tmp\d*")
# Queries of our macros, by a part of their text: the names of the columns, and the rows of a successful run.
Answer = tuple[str, tuple[str, ...], tuple[tuple[object, ...], ...]]
LAST = "2024-05-15 10:30:00"
ANSWERS: tuple[Answer, ...] = (
    (r"\)? as failures", ("failures", "should_warn", "should_error"), ((0, False, False),)),
    (r"^select 1 from \S+ limit 1$", ("1",), ((1,),)),
    (r"current_timezone\(\)", ("current_timezone()",), (("UTC",),)),
    (r"count\(\*\) as occurrences\s+from \S+\s+group by .* limit 5", ("customer", "occurrences"), ()),
    (r"count\(\*\) as sources", ("sources",), ((1,),)),
    (r"^select count\(\*\) as found from", ("found",), ((9,),)),
    (r"as own,\s+count\(\*\) as later", ("own", "later"), ((1, 1),)),
    (r"count\(\*\) as segments\s+from \S+ as versions", ("segments",), ((0,),)),
    (r"^select segment\s+from \S+\s+where\s+held_by is not null", ("segment",), (("held_one",),)),
    (r"^select versions\.segment from", ("segment",), ()),
    (r"^select distinct segment from", ("segment",), (("formerly_called",),)),
    (
        r"as is_own",
        ("is_own", "is_live", "is_fresh", "command", "host", "since", "until"),
        ((1, 1, 1, "segctl run", "host-a", LAST, LAST),),
    ),
    (r"pg_try_advisory", ("taken",), ((True,),)),
    (r"pg_backend_pid", ("session",), ((1,),)),
    (r"from pg_locks", ("pid", "name", "since"), ((1, "segctl run on host-a", LAST),)),
    (r"max\(format_number\)", ("format_number",), ((2,),)),
    (r"max\(salt\)", ("salt",), (("5a17",),)),
    (r"min\(evaluated\.since\)", ("since",), ((LAST,),)),
    (r"max\(as_of\).* as as_of from \S+segment_runs", ("as_of",), ((LAST,),)),
    (r"as as_of from \S+segment_runs\S* where .* and features_hash = ", ("as_of",), ((LAST,),)),
    (
        r"former\.row_count as former_count",
        (
            *("source", "kind", "row_count", "known_count", "fresh_count", "missing_keys", "repeated_keys"),
            *("latest_at", "max_loss", "freshness", "former_count"),
        ),
        (("some", "event", 9, 9, 9, 0, 0, LAST, 20, "1 day", 9),),
    ),
)


@dataclass(frozen=True)
class Sent:
    """A statement as it reached the connection, and the node that sent it (empty: none)."""

    sql: str
    node: str


@dataclass
class Stub:
    """The contents of the warehouse, and the statements sent to it. `loud`: names of columns come back in capitals."""

    tables: dict[str, Columns]
    views: frozenset[str] = frozenset()
    loud: bool = False
    sent: list[Sent] = field(default_factory=list)
    cancelling: set[str] = field(default_factory=set)

    def answer(self, sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
        """Remembers a statement, and returns its rows."""
        text = re.sub(r'/\* \{"app": "dbt".*?\} \*/', "", sql, flags=re.DOTALL).strip()
        self.sent.append(Sent(text, str(get_node_info().get("node_name", ""))))
        made = re.match(r"create.* table\W.*?(\w+?)(?:__difference|__dbt_tmp)", text, re.DOTALL)
        if made and "is_cancelled" in text:
            self.cancelling.add(made[1].lower())
        # Columns of a query without a table have the names in the query.
        pairs = re.findall(r"'((?:[^'\\]|\\.|'')*)' as (\w+)", text)
        echoed = pairs if re.match("select '", text) and " from " not in text else []
        if echoed:
            return [name for _, name in echoed], [tuple(value for value, _ in echoed)]
        plain = " ".join(re.sub("--.*", "", text).lower().split())
        for pattern, names, rows in ANSWERS:
            if re.search(pattern, plain):
                return [name.upper() if self.loud else name for name in names], list(rows)
        return [], []

    def columns(self, name: str) -> Columns:
        """The columns of a table, or of a table to be merged into it."""
        base = re.sub("|".join(BESIDE), "", name.lower())
        more = [("is_cancelled", "boolean")] if base != name.lower() and base in self.cancelling else []
        return [*self.tables.get(base, ()), *more]
