"""The dbt models of members and definitions, as text. The same plan always gives the same text."""

from decimal import Decimal

from segctl.features import Junction, Predicate, rule_in_words
from segctl.literals import Duration, plain, sql_number, sql_text
from segctl.plan import Plan, PlannedFile, PlannedSegment
from segctl.render.layout import STEP, comment, fits, named
from segctl.render.predicates import predicate_sql
from segctl.render.referred import referred_steps
from segctl.render.text import COLUMN, SOURCES, TEMPLATES
from segctl.resolver import CUSTOMER, Waterfall

# The names under which declared_segments knows the engine's types: to ask for them in each row costs a run seconds.
NO_INSTANT = "cast(null as {{ instant_type }})"
SHARE, SIZE = "{{ share_type }}", "bigint"


def members_model(planned: PlannedFile) -> str:
    """The text of one file's members model."""
    names = {found.segment.name for found in planned.enabled}
    features = f"{planned.entity}_features"
    before = {
        found.segment.name: found.waterfall
        for found in planned.enabled
        if found.waterfall and found.waterfall.before and set(found.waterfall.before) <= names
    }
    segments = [
        {
            "name": found.segment.name,
            "comment": comment(_told(found), COLUMN),
            "column": named([predicate_sql(_evaluated(found, before), COLUMN)], found.segment.name, COLUMN),
            "exclusive": _exclusive(found.segment.name, before.get(found.segment.name)),
        }
        for found in planned.enabled
    ]
    kept = [
        {"name": found.segment.name, "column": named([_kept(found, found.keep_while)], found.segment.name, COLUMN)}
        for found in planned.enabled
        if found.keep_while
    ]
    asked = [_evaluated(found, before) for found in planned.enabled]
    asked += [rule for found in planned.enabled if found.keep_while for rule in (found.keep_while, found.predicate)]
    referred = referred_steps(asked, features)
    timed = [one for one in planned.enabled if one.memory and (one.memory.min_stay or one.memory.cool_down)]
    return TEMPLATES.get_template("members.sql.j2").render(
        path=planned.path,
        segments=segments,
        kept=kept,
        referred=referred,
        last_step=referred[-1].name if referred else features,
        exclusive=bool(before),
        timed=[one.segment.name for one in timed],
        features=features,
        key=f"{planned.entity}_id",
        by_key="" if planned.entity == CUSTOMER else f", key='{planned.entity}_id'",
    )


def _evaluated(planned: PlannedSegment, before: dict[str, Waterfall]) -> Predicate:
    """The rule; for a segment of a group whose other segments stand beside it, as if there were no group."""
    return before[planned.segment.name].alone if planned.segment.name in before else planned.predicate


def _exclusive(name: str, waterfall: Waterfall | None) -> str:
    """The segment's column, less those whom others of its group take before it."""
    if waterfall is None:
        return name
    earlier = " or ".join(waterfall.before)
    short = (
        f"{name} and not ({earlier}) as {name}" if len(waterfall.before) > 1 else f"{name} and not {earlier} as {name}"
    )
    if fits(short, COLUMN, 1):
        return short
    deeper = COLUMN + STEP
    listed = f"\n{deeper}or ".join(waterfall.before)
    return f"{name} and not (\n{deeper}{listed}\n{COLUMN}) as {name}"


def _kept(planned: PlannedSegment, keep_while: Predicate) -> str:
    mark = planned.segment.mark
    rule = Junction("none", (planned.predicate,), mark)
    return predicate_sql(Junction("all", (keep_while, rule), mark), COLUMN)


def segment_members_model(plan: Plan, entity: str = CUSTOMER) -> str:
    """The text of the model that joins all members of an entity's segments."""
    stems = [file.stem for file in plan.files if file.enabled and file.entity == entity]
    template = TEMPLATES.get_template("segment_members.sql.j2")
    return template.render(sources=SOURCES, stems=stems, features=f"{entity}_features", key=f"{entity}_id")


def declared_segments_model(plan: Plan) -> str:
    """The text of the model that holds the definitions as rows."""
    rows = [_declared(found, plan.catalog.timezone) for found in plan.segments]
    guarded = [_limit(None, SHARE), _limit(None, SIZE), _limit(None, SIZE)]
    told, remembered = ["''"] * 7, [NO_INSTANT, NO_INSTANT, "false"]
    empty = ["''", "''", "false", *told, "0", "''", *remembered, "''", "''", *guarded, "''", "''"]
    renamed = {found.segment.name: found.segment.formerly.text for found in plan.segments if found.segment.formerly}
    template = TEMPLATES.get_template("declared_segments.sql.j2")
    return template.render(sources=SOURCES, rows=rows or [empty], any_segment=bool(rows), renamed=renamed)


def _declared(planned: PlannedSegment, timezone: str) -> list[str]:
    segment, guard = planned.segment, planned.guard
    texts = [
        segment.label,
        segment.description,
        segment.owner,
        ", ".join(segment.tags),
        definition_in_words(planned),
        planned.canonical,
        segment.mark.file,
    ]
    enabled = "true" if segment.enabled else "false"
    return [
        sql_text(segment.name),
        sql_text(planned.definition_hash),
        enabled,
        *(sql_text(text) for text in texts),
        str(segment.mark.line),
        sql_text(planned.entity),
        _ago(planned.memory.min_stay if planned.memory else None, timezone),
        _ago(planned.memory.cool_down if planned.memory else None, timezone),
        "true" if planned.memory else "false",
        sql_text(segment.formerly.text if segment.formerly else ""),
        sql_text(segment.group.text if segment.group else ""),
        _limit(guard.max_change if guard else None, SHARE),
        _limit(guard.min_size if guard else None, SIZE),
        _limit(guard.max_size if guard else None, SIZE),
        sql_text(planned.replayable),
        sql_text(", ".join(planned.changing)),
    ]


def _limit(limit: Decimal | int | None, sql_type: str) -> str:
    """A limit as a value of its type, so that all rows have the same."""
    return f"cast({'null' if limit is None else sql_number(Decimal(limit))} as {sql_type})"


def _ago(duration: Duration | None, timezone: str) -> str:
    return f"{{{{ segctl.ago({duration.call}, '{timezone}') }}}}" if duration else NO_INSTANT


def guard_in_words(planned: PlannedSegment) -> str:
    """What holds the segment back, the catalog's guard and its own together; empty for nothing."""
    guard = planned.guard
    if guard is None:
        return ""
    words = [f"moves by {guard.max_change:f}% at most"] if guard.max_change is not None else []
    words += [f"has {guard.min_size:,} members at least"] if guard.min_size is not None else []
    words += [f"has {guard.max_size:,} members at most"] if guard.max_size is not None else []
    return ", ".join(words)


def definition_in_words(planned: PlannedSegment) -> str:
    """The rule, what it extends and its limit, and the memory in words."""
    memory = planned.memory
    words = [rule_in_words(planned.predicate)]
    if memory and memory.keep_while:
        words.append(f"stays while {rule_in_words(memory.keep_while)}")
    words += [f"stays at least {memory.min_stay}"] if memory and memory.min_stay else []
    words += [f"rejoins after {memory.cool_down} at the earliest"] if memory and memory.cool_down else []
    return "; ".join(words)


def _told(planned: PlannedSegment) -> str:
    segment = planned.segment
    place = f"{segment.mark.file}:{segment.mark.line}"
    return f"{plain(segment.label)} ({place})" if segment.label else place
