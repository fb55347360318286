"""The differences between two versions of rules with nested references: the work grows with the written text."""

from segctl.plan.plan import Plan, of_features
from segctl.project.project import planned
from segctl.render import Compared, ComparisonRequest, Side, comparison
from segctl.revisions import revisions
from tests.language.test_render import CATALOG

LEVELS = 20


def doubling(least: int) -> Plan:
    """Each segment refers to the one before twice: expanded, the last one has a million conditions."""
    rules = [f"{{metric: spent, gt: {least}}}"]
    rules += [f"{{all: [{{segment: s{n}}}, {{any: [{{segment: s{n}}}, {{event: refund}}]}}]}}" for n in range(LEVELS)]
    text = "\n".join(f"  - {{name: s{number}, rule: {rule}}}" for number, rule in enumerate(rules))
    catalog = CATALOG.format(customers="stg_customers")
    files = {"segments/catalog.yml": catalog, "segments/some.yml": f"version: 1\nsegments:\n{text}\n"}
    return planned({path: content.encode() for path, content in files.items()})


def test_an_edit_far_below() -> None:
    before, after = doubling(100), doubling(200)
    found = revisions(before, after)
    assert len(found) == LEVELS + 1
    for one in found:
        (edit,) = one.edits
        assert edit.text == "spent > 200, was > 100"
    last = next(one for one in found if one.name == f"s{LEVELS}")
    assert last.edits[0].inside == tuple(f"s{number}" for number in reversed(range(LEVELS)))
    assert last.before
    assert last.after
    features = of_features(after, [*last.before.features, *last.after.features])
    sides = Side("s", last.before.predicate), Side("s", last.after.predicate)
    assert len(comparison(ComparisonRequest(features, features, (Compared(*sides),)))) < 30_000
