"""The import steps of features: the columns read from each model."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from segctl.features import Read, Stepped, customers_step, scans_of, since_of
from segctl.language.names import import_name, model_reference
from segctl.language.syntax import CUSTOMER, ValueType
from segctl.plan.plan import Plan
from segctl.render.sql.layout import with_alias
from segctl.render.sql.templates import COLUMN, TEMPLATES

# Macros that make numbers exact and convert instants to UTC.
MACROS = {"number": "number", "timestamptz": "utc"}


@dataclass
class Import:
    """The columns read from one model, under their own names. `key` if it must be unique.

    `step` is the name of the import step if it differs from the model's. `condition` selects the rows.
    """

    model: str
    types: dict[str, ValueType] = field(default_factory=dict)
    key: str = ""
    step: str = ""
    condition: str = ""

    @property
    def name(self) -> str:
        """The name of the import step."""
        return self.step or import_name(self.model)

    @property
    def reference(self) -> str:
        """The reference to the model, without braces."""
        return model_reference(self.model)

    @property
    def relation(self) -> str:
        """The reference, and the checks before the model is read."""
        return f"segctl.with_checked_key({self.reference}, '{self.key}')" if self.key else self.reference

    @property
    def columns(self) -> list[str]:
        """The columns by name, with exact numbers and UTC instants."""
        return [read_column(name, kind, name) for name, kind in sorted(self.types.items())]


def import_sql(columns: Sequence[str], relation: str, conditions: Sequence[str] = ()) -> str:
    """The text of a step that reads columns of a relation, a reference without braces."""
    return TEMPLATES.get_template("features/import.sql.j2").render(
        columns=columns, relation=relation, conditions=conditions
    )


def imports(plan: Plan, stepped: Iterable[Stepped]) -> list[Import]:
    """The columns read from each model for attributes, events and the `stepped` features.

    The customers' model comes first, then the others by name.
    """
    catalog = plan.catalog
    customers = Import(catalog.customer.model, key=catalog.customer.key.lower())
    import_s = {catalog.customer.model: customers}
    keys = {entity.model: entity.key.lower() for entity in catalog.entities.values()}
    customers.types[customers.key] = "string"
    since = since_of(catalog)
    if since and customers_step(catalog) == customers.name:
        customers.condition = since.condition(as_read(since.column, since.type))
    for read in _reads(plan, stepped):
        model = import_s.setdefault(read.model, Import(read.model, key=keys.get(read.model, "")))
        # Keys are read unchanged, even if the column is also used otherwise.
        if model.types.get(read.column) in (None, "string"):
            model.types[read.column] = read.type
    others = sorted(
        (import_ for import_ in import_s.values() if import_ is not customers), key=lambda imported: imported.name
    )
    return [customers, *others]


def recorded_keys(plan: Plan) -> list[dict[str, str]]:
    """The keys in recorded tables, customers first: entity, reference to its model, and column there."""
    entities = {CUSTOMER: plan.catalog.customer, **{planned.name: planned.entity for planned in plan.entities}}
    return [
        {"entity": name, "reference": Import(entity.model).reference, "column": entity.key.lower()}
        for name, entity in entities.items()
    ]


def narrowed_by(model: str, plan: Plan) -> str:
    """The column to restrict a model to the requested customers.

    Empty unless the model holds only events, all with the same customer column.
    """
    catalog = plan.catalog
    entities = {entity.model for entity in (catalog.customer, *catalog.entities.values())}
    histories = {column.history.model for column in catalog.customer.attributes.values() if column.history}
    columns = {scan.customer.lower() for scan in scans_of(plan.features) if scan.model == model}
    return columns.pop() if len(columns) == 1 and model not in entities | histories else ""


def keyed(column: str) -> str:
    """The customer column, renamed to our name."""
    return column if column == "customer_id" else f"{column} as customer_id"


def as_read(column: str, kind: ValueType) -> str:
    """The expression that reads a column of a model."""
    return f"{{{{ segctl.{MACROS[kind]}('{column}') }}}}" if kind in MACROS else column


def read_column(column: str, kind: ValueType, name: str) -> str:
    """A column read under a name. Lists are read by a macro, since not every engine has them."""
    if kind == "strings":
        arguments = f"'{column}'" if name == column else f"'{column}', '{name}'"
        return f"{{{{ segctl.list_column({arguments}) }}}}"
    return column if kind not in MACROS and name == column else with_alias([as_read(column, kind)], name, COLUMN)


def _reads(plan: Plan, stepped: Iterable[Stepped]) -> Iterator[Read]:
    since = since_of(plan.catalog)
    if since:
        yield Read(plan.catalog.customer.model, since.column, since.type)
    for attribute in plan.attributes:
        yield Read(plan.catalog.customer.model, attribute.column, attribute.type)
    for scan in scans_of(plan.features):
        yield Read(scan.model, scan.customer.lower(), "string")
        for column, kind in plan.content(scan).items():
            yield Read(scan.model, column, kind)
    for feature in stepped:
        yield from feature.steps.reads
