"""The cases of tests/rules: definitions, rows and members of each, parsed from YAML."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from textwrap import indent
from typing import Any, cast

import yaml

from segctl.language.names import digest
from segctl.warehouse import Row
from tests.support.oracle.reference import Tables, load

MAP, TEXT, LIST = (f"tag:yaml.org,2002:{kind}" for kind in ("map", "str", "seq"))
FOLDER = Path(__file__).parents[1] / "rules"
CATALOG = FOLDER / "catalog.yml"
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
