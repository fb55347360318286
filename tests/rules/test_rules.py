"""Rules worked out by hand, in tests/rules: SQL on every engine and the oracle must find the members that each names.

All cases that share an as-of and a time zone are built as one project on an engine: every case is a segment of it, and
only the case's own customers are compared. tests/rules/catalog.yml describes how to write a case.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from textwrap import indent
from typing import Any, cast

import pytest
import yaml

from segctl.language.names import digest
from segctl.warehouse import Row
from tests.conftest import engine_of
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import Tables, load, members

FOLDER = Path(__file__).parents[1] / "rules"
CATALOG = FOLDER / "catalog.yml"
MAP, TEXT, LIST = (f"tag:yaml.org,2002:{kind}" for kind in ("map", "str", "seq"))

# Model, then column, then SQL type. The key comes first.
TABLES: dict[str, dict[str, str]] = {
    "customers": {
        "customer_key": "varchar",
        "country": "varchar",
        "nick_name": "varchar",
        "plan": "varchar",
        "score": "double precision",
        "balance": "numeric(28, 10)",
        "points": "bigint",
        "consent": "boolean",
        "birthday": "date",
        "signed_up_at": "timestamp",
        "renews_at": "timestamptz",
        "interests": "varchar[]",
        "cohort": "varchar",
        "account_id": "varchar",
    },
    "orders": {
        "buyer": "varchar",
        "ordered_at": "timestamp",
        "refunded_at": "timestamptz",
        "amount": "double precision",
        "quantity": "bigint",
        "channel": "varchar",
        "status": "varchar",
        "gift": "boolean",
        "ships_on": "date",
        "paid_at": "timestamptz",
        "product": "varchar",
        "tags": "varchar[]",
    },
    "visits": {"visitor": "varchar", "visited_on": "date", "page": "varchar", "product": "varchar"},
    "carts": {"shopper": "varchar", "added_at": "timestamp", "product": "varchar", "quantity": "double precision"},
    "calls": {"caller": "varchar", "called_at": "timestamp", "topic": "varchar"},
    "tariffs": {"holder": "varchar", "tariff": "varchar", "valid_from": "timestamp", "valid_to": "timestamp"},
    "ratings": {"rated": "varchar", "given": "double precision", "rated_on": "date"},
    "memberships": {
        "member": "varchar",
        "paying": "boolean",
        "fee": "numeric(28, 10)",
        "renewal": "date",
        "reviewed_at": "timestamptz",
        "starts_at": "timestamptz",
        "ends_on": "date",
    },
    "accounts": {
        "account_key": "varchar",
        "industry": "varchar",
        "seats": "bigint",
        "opened_on": "date",
        "labels": "varchar[]",
    },
}
EVENTS = [model for model in TABLES if model not in ("customers", "accounts")]
MOST_ON_SPARK = 110
SEGMENT_KEYS = ("enabled", "extends", "group", "priority", "rule", "limit")

Cell = str | list[str]
Cells = dict[str, Cell]
Customer = dict[str, Any]  # a column's cell, or the model of an event or a history and its rows


@dataclass(frozen=True)
class Setting:
    """What one build can have only one of."""

    as_of: datetime
    timezone: str
    since: str = ""  # when customers begin to exist, as YAML; empty for no beginning

    @property
    def name(self) -> str:
        since = f"_since_{digest(self.since, 6)}" if self.since else ""
        return f"{self.timezone.rpartition('/')[2]}_{self.as_of:%Y%m%d_%H%M}{since}".lower()

    @property
    def catalog(self) -> str:
        text = CATALOG.read_text(encoding="utf-8").replace("Europe/London", self.timezone)
        key = "    key: customer_key\n"
        return text.replace(key, f"{key}    since: {self.since}\n") if self.since else text


@dataclass(frozen=True)
class RulesFile:
    """A file of cases. `definitions` is the file of segments made from them."""

    stem: str
    setting: Setting
    definitions: str
    unless_given: dict[str, Cells]


@dataclass(frozen=True)
class Case:
    name: str
    says: str
    segment: str
    file: RulesFile
    members: dict[str, Customer]
    others: dict[str, Customer] = field(repr=False)
    accounts: dict[str, Cells] = field(repr=False)
    sql: str | None = field(default=None, repr=False)  # what it renders to, if the file shows it

    @property
    def tables(self) -> Tables:
        rows: Tables = {model: [] for model in TABLES}
        for name, customer in (self.members | self.others).items():
            cells = {column: cell for column, cell in customer.items() if column not in EVENTS}
            rows["customers"].append(self.row("customers", name, cells | self.apart(cells)))
            for model in EVENTS:
                rows[model] += [self.row(model, name, cells) for cells in customer.get(model, [])]
        rows["accounts"] = [self.row("accounts", name, cells) for name, cells in self.accounts.items()]
        return rows

    def apart(self, cells: Cells) -> Cells:
        """The cells of a customer with the case's name: in one warehouse, ranks and accounts of cases must not mix."""
        account = cells.get("account_id", "NULL")
        return {"cohort": self.name, "account_id": account if account == "NULL" else f"{self.name}.{account}"}

    def row(self, model: str, owner: str, cells: Cells) -> Row:
        """A row of a customer or an account. Keys begin with the case's name, which keeps the cases apart."""
        key, *columns = TABLES[model]
        given = self.file.unless_given.get(model, {}) | cells
        assert given.keys() <= set(columns), f"{self.name}: no column of {model}: {given.keys() - set(columns)}"
        typed = {column: cell_of(given.get(column, "NULL"), TABLES[model][column]) for column in columns}
        return {key: f"{self.name}.{owner}", **typed}

    def problem(self, found: set[object]) -> str:
        """A readable description of wrong members. Empty if all are right."""
        prefix = f"{self.name}."
        own = {str(key).removeprefix(prefix) for key in found if str(key).startswith(prefix)}
        if own == self.members.keys():
            return ""
        wrong = [f"    {name}: {self.members[name]} is no member" for name in sorted(self.members.keys() - own)]
        wrong += [f"    {name}: {self.others[name]} is a member" for name in sorted(own - self.members.keys())]
        head = [f"{self.file.stem}.yml, {self.name}: {self.says}", indent(self.segment, "  ")]
        listed = [f"  expected: {sorted(self.members)}", f"  found:    {sorted(own)}"]
        setting = f"  as of {self.file.setting.as_of:%Y-%m-%d %H:%M} UTC in {self.file.setting.timezone}"
        return "\n".join([*head, setting, *listed, *wrong])


def cell_of(text: Cell, kind: str) -> object:
    """A cell of the files, as a value of the SQL type."""
    if text == "NULL":
        return None
    if isinstance(text, list):
        return [cell_of(item, kind.removesuffix("[]")) for item in text]
    if kind == "timestamp":
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    readers: dict[str, Callable[[str], object]] = {
        "varchar": str,
        "double precision": float,
        "numeric(28, 10)": Decimal,
        "bigint": int,
        "boolean": {"true": True, "false": False}.__getitem__,
        "date": date.fromisoformat,
        "timestamptz": datetime.fromisoformat,
    }
    return readers[kind](text)


# Reading the files


def child(node: yaml.Node, key: str) -> yaml.Node | None:
    return next((value for name, value in node.value if name.value == key), None)


def written(node: yaml.Node) -> str:
    """The node as YAML, with its scalars unchanged: unquoted scalars stay so."""
    return yaml.serialize(node, Dumper=yaml.BaseDumper, allow_unicode=True, width=10**6)


def segment_of(case: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    """A case's definition of its segment, without the name."""
    return [(yaml.ScalarNode(TEXT, key), node) for key in SEGMENT_KEYS if (node := child(case, key))]


def definitions_of(root: yaml.Node) -> str:
    """Every case as a segment named after it, and the contents of `also`, in the file or in a case."""
    cases = cast(yaml.Node, child(root, "cases")).value
    segments = []
    for case in cases:
        name = (yaml.ScalarNode(TEXT, "name"), cast(yaml.Node, child(case, "case")))
        segments.append(yaml.MappingNode(MAP, [name, *segment_of(case)]))
    also = [segment for node in (root, *cases) if (more := child(node, "also")) for segment in more.value]
    version = (yaml.ScalarNode(TEXT, "version"), yaml.ScalarNode(TEXT, "1"))
    listed = (yaml.ScalarNode(TEXT, "segments"), yaml.SequenceNode(LIST, segments + also))
    return written(yaml.MappingNode(MAP, [version, listed]))


def cases_of(path: Path) -> Iterator[Case]:
    text = path.read_text(encoding="utf-8")
    root, read = yaml.compose(text, Loader=yaml.BaseLoader), load(text)
    assert root is not None
    since = child(root, "since")
    on_one_line = written(since).partition("\n")[0] if since else ""
    setting = Setting(datetime.fromisoformat(read["as_of"]), read["timezone"], on_one_line)
    file = RulesFile(path.stem, setting, definitions_of(root), read.get("unless_given", {}))
    for case, node in zip(read["cases"], cast(yaml.Node, child(root, "cases")).value, strict=True):
        known = {"case", "says", "also", "accounts", "members", "others", "sql", *SEGMENT_KEYS}
        assert case.keys() <= known, f"{case['case']}: unknown key {case.keys() - known}"
        segment = written(yaml.MappingNode(MAP, segment_of(node))).strip()
        customers = case["members"], case["others"]
        more = case.get("accounts", {}), case.get("sql")
        yield Case(case["case"], case["says"], segment, file, *customers, *more)


CASES = [case for path in sorted(FOLDER.glob("*.yml")) if path != CATALOG for case in cases_of(path)]
ENGINES = {"duckdb": (), "postgres": (pytest.mark.postgres,), "spark": (pytest.mark.spark,)}
BUILDS = [(engine, setting) for engine in ENGINES for setting in {case.file.setting: None for case in CASES}]


# The tests


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[object]]:
    """The members of all segments of a setting's cases, on an engine."""
    name, setting = request.param
    engine = engine_of(name, request)
    members: dict[str, set[object]] = {}
    for number, cases in enumerate(projects([case for case in CASES if case.file.setting == setting], engine)):
        project = TestProject(tmp_path_factory.mktemp(setting.name), engine, f"rules_{number}_{setting.name}")
        project.load({model: [row for case in cases for row in case.tables[model]] for model in TABLES}, TABLES)
        project.define(setting.catalog, **{case.file.stem: case.file.definitions for case in cases})
        project.run(setting.as_of)
        members |= project.members()
    return members


def projects(cases: list[Case], engine: Engine) -> Iterator[list[Case]]:
    """The cases of whole files, all in one project, except on Spark, which is slow to plan hundreds of joins."""
    if not engine.cluster:
        yield cases
        return
    files = {case.file.stem: [other for other in cases if other.file.stem == case.file.stem] for case in cases}
    together: list[Case] = []
    for found in files.values():
        if together and len(together) + len(found) > MOST_ON_SPARK:
            yield together
            together = []
        together = together + found
    yield together


@pytest.mark.parametrize(
    ("found", "case"),
    [
        pytest.param(build, case, id=f"{build[0]}-{case.file.stem}-{case.name}", marks=ENGINES[build[0]])
        for build in BUILDS
        for case in CASES
        if case.file.setting == build[1]
    ],
    indirect=["found"],
    scope="module",  # Without it, pytest would build again for every case.
)
def test_the_warehouse_has_the_members_that_the_case_names(found: dict[str, set[object]], case: Case) -> None:
    problem = case.problem(found.get(case.name, set()))
    if problem:
        pytest.fail(problem, pytrace=False)


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.file.stem}-{case.name}") for case in CASES])
def test_the_oracle_has_the_members_that_the_case_names(case: Case) -> None:
    setting = case.file.setting
    oracle = members(load(setting.catalog), [load(case.file.definitions)], case.tables, setting.as_of)
    # A disabled segment has no entry.
    problem = case.problem(oracle.get(case.name, set()))
    if problem:
        pytest.fail(problem, pytrace=False)


def test_the_files_keep_cases_and_customers_apart() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
    assert not [case.name for case in CASES if case.members.keys() & case.others.keys()]
    assert not [case.name for case in CASES if not case.members and not case.others]


def test_values_of_a_case_are_written_as_they_stand_there() -> None:
    (norway,) = [case for case in CASES if case.name == "norway"]
    assert "eq: NO}" in norway.file.definitions
