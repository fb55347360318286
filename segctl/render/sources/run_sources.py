"""Renders the models with each run's observations of its sources: row counts, freshness, and keys."""

from dataclasses import dataclass, field

from segctl.conditions.criterion import Criterion
from segctl.conditions.sql import AS_OF, Boundary, boundaries_of, condition, day_begun
from segctl.features import closure, entities_of, scans_of, since_of
from segctl.language.literals import sql_number, sql_text
from segctl.language.names import step_name
from segctl.language.syntax import CUSTOMER, Entity, Event, Guard, ValueType
from segctl.plan.plan import Plan
from segctl.render.sources.read_columns import read_columns
from segctl.render.sql.imports import Import, recorded_keys
from segctl.render.sql.layout import INDENT, with_alias
from segctl.render.sql.templates import FOLDER, SOURCES, TEMPLATES

NO_NUMBER, NO_INSTANT = "cast(null as bigint)", "cast(null as {{ segctl.timestamp_type() }})"
NO_SHARE, NO_TEXT = "cast(null as {{ segctl.wide_decimal() }})", "cast(null as {{ dbt.type_string() }})"
# Template variables: the instant of the last finished run, and the last local day that began before it.
LAST_RUN, LAST_DAY = "last_run", "last_day"


FOLDER_OF_SOURCES = f"{FOLDER}/guards"


@dataclass(frozen=True)
class Source:
    """One source: its import, its condition, and its columns in order.

    `content` are the columns that show whether its data changed.
    """

    name: str
    kind: str
    read: Import
    columns: tuple[str, ...]
    condition: str = ""
    content: tuple[str, ...] = ()
    boundaries: frozenset[Boundary] = field(default_factory=frozenset)

    @property
    def model(self) -> str:
        """The name of the source's model."""
        return step_name(f"figures_of_{self.name}")

    @property
    def description(self) -> str:
        """The description of the model."""
        return f"What a run finds in the source of the {self.kind} {self.name}."


def run_sources_models(plan: Plan) -> dict[str, str]:
    """The model of each source, and the table of all, by path."""
    sources = used_sources(plan)
    models = {f"{FOLDER_OF_SOURCES}/{source.model}.sql": _source_model(source, plan) for source in sources}
    models[f"{FOLDER}/run_sources.sql"] = TEMPLATES.get_template("run_sources.sql.j2").render(
        sources=SOURCES,
        columns=read_columns(plan),
        keys=recorded_keys(plan),
        models=[source.model for source in sources],
        names=[source.name for source in sources],
    )
    return models


def used_sources(plan: Plan) -> list[Source]:
    """The customers, then other entities in use, then events in use, each kind by name."""
    sources = [_entity(name, entity, plan) for name, entity in used_entities(plan).items()]
    return sources + [_event(event, plan) for event in used_events(plan)]


def _source_model(source: Source, plan: Plan) -> str:
    return TEMPLATES.get_template("source.sql.j2").render(
        sources=SOURCES,
        source=source,
        timezone=plan.catalog.timezone,
        moments=[AS_OF, *sorted(source.boundaries - {AS_OF})],
        by_day=any(LAST_DAY in column for column in source.columns),
    )


def used_entities(plan: Plan) -> dict[str, Entity]:
    """The customers, and the other entities used by segments or rules, by name."""
    used = {planned.name for planned in plan.entities} | entities_of(closure(plan.features))
    return {CUSTOMER: plan.catalog.customer, **{name: plan.catalog.entities[name] for name in sorted(used)}}


def used_events(plan: Plan) -> list[Event]:
    """The events of every source with features, by name."""
    names = {name for scan in scans_of(plan.features) for name in scan.events}
    return [plan.catalog.events[name] for name in sorted(names)]


def _entity(name: str, entity: Entity, plan: Plan) -> Source:
    read = Import(entity.model, {entity.key.lower(): "string"})
    since = since_of(plan.catalog) if name == CUSTOMER else None
    known = "count(*)"
    if since:
        read.types[since.column] = since.type
        known = _counted(_known(since.column, since.type))
    counts = ["count(*) as row_count", f"{known} as known_count", f"{NO_NUMBER} as fresh_count"]
    counts += _key_columns(entity.key.lower())
    counts.append(f"{NO_INSTANT} as latest_at")
    columns = (*counts, f"{_max_loss(entity.guard, plan)} as max_loss", f"{NO_TEXT} as freshness")
    if since is None:
        return Source(name, "entity", read, columns)
    return Source(name, "entity", read, columns, since.condition(since.column), (), frozenset({since.now}))


def _event(event: Event, plan: Plan) -> Source:
    at, key, by_day = event.at.column.lower(), event.key.lower(), event.at.type == "date"
    read = Import(event.model, {at: event.at.type})
    if key:
        read.types.setdefault(key, "string")
    now = day_begun(plan.catalog.timezone) if by_day else AS_OF
    boundaries, fresh = frozenset({now}), NO_NUMBER
    if event.freshness:
        criterion = Criterion("within_last", (event.freshness,), event.at.type, plan.catalog.timezone)
        boundaries |= boundaries_of(criterion, past=True)
        fresh = _counted(condition(criterion, at, past=True))
    latest = f"max({at})"
    counts = [
        "count(*) as row_count",
        f"{_counted(_known(at, event.at.type))} as known_count",
        f"{fresh} as fresh_count",
        *(_key_columns(key) if key else ("cast(0 as bigint) as missing_keys", "cast(0 as bigint) as repeated_keys")),
        f"cast({latest} as {{{{ segctl.timestamp_type() }}}}) as latest_at" if by_day else f"{latest} as latest_at",
    ]
    freshness = sql_text(str(event.freshness)) if event.freshness else NO_TEXT
    columns = (*counts, f"{_max_loss(event.guard, plan)} as max_loss", f"{freshness} as freshness")
    content = next(plan.content(scan) for scan in scans_of(plan.features) if event.name in scan.events)
    happened = f"{at} <= {{{{ {now.variable} }}}}"
    return Source(event.name, "event", read, columns, happened, tuple(sorted(content)), boundaries)


def _known(column: str, kind: ValueType) -> str:
    """The condition that a time is not after the last finished run."""
    return f"{column} <= {{{{ {LAST_DAY if kind == 'date' else LAST_RUN} }}}}"


def _counted(met: str) -> str:
    return f"count(case when {met} then 1 end)"


def _key_columns(key: str) -> list[str]:
    """The numbers of rows with a missing or a repeated key."""
    return [
        with_alias([f"count(*) - count({key})"], "missing_keys", INDENT),
        with_alias([f"count({key}) - count(distinct {key})"], "repeated_keys", INDENT),
    ]


def _max_loss(guard: Guard | None, plan: Plan) -> str:
    merged = guard.over(plan.catalog.guard) if guard else plan.catalog.guard
    share = merged.max_loss if merged else None
    return NO_SHARE if share is None else f"cast({sql_number(share)} as {{{{ segctl.wide_decimal() }}}})"
