"""A segment that operations are about, and what a warehouse would answer to their questions."""

from datetime import datetime

from segctl.project import load
from tests.built_project import TestProject
from tests.test_rules import CATALOG
from tests.warehouses.projects import AT
from tests.warehouses.stub import Answer

FRESH = """
version: 1
segments:
  - name: fresh
    {more}description: |
      Their first order
      was lately: it's "new", a\\b.
    rule: {{all: [{{event: order, within_last: 30 days}}, {{attribute: country, eq: "it's"}}]}}
"""
OF_ACCOUNTS = """
version: 1
entity: account
segments:
  - {name: grouped, rule: {attribute: seats, gte: 5}}
"""


def definitions(project: TestProject, formerly: str = "") -> None:
    """Defines a segment of customers, which may have had another name, and one of accounts."""
    catalog = "\n".join(line for line in CATALOG.read_text("utf-8").splitlines() if "strings" not in line)
    more = f"formerly: {formerly}\n    " if formerly else ""
    project.define(catalog, small=FRESH.format(more=more), grouped=OF_ACCOUNTS)


def answers(project: TestProject) -> tuple[Answer, ...]:
    """Two runs have been, under today's definitions, and what is recomputed differs from them."""
    first, last = (at.replace(tzinfo=None) for at in AT)
    planned = load(project.project).segments
    versions = tuple((one.segment.name, datetime(2024, 1, 1), one.definition_hash, True) for one in planned)
    stay = ("fresh", "someone", first, None, None, "only recomputed", 1, 1)
    of_stay = (
        "segment",
        "member",
        "joined_at",
        "recorded_left_at",
        "recomputed_left_at",
        "kind",
        "occurrences",
        "place",
    )
    return (
        (r"^select as_of from \S+ order by as_of", ("as_of",), ((first,), (last,))),
        (
            r"^select segment, valid_from, definition_hash, enabled",
            ("segment", "valid_from", "definition_hash", "enabled"),
            versions,
        ),
        (r"^with recorded as", of_stay, (stay,)),
        (r"as found_in", ("found_in", "member", "found"), (("segment_stays", "it's", 1),)),
        (r"count\(\*\) as found from", ("found",), ((2,),)),
    )
