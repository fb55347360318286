"""Renders the models of members. Deterministic for a plan."""

from collections.abc import Sequence

from segctl.features import Junction, Predicate, rule_in_words
from segctl.language.literals import plain
from segctl.language.names import fitted
from segctl.language.syntax import CUSTOMER
from segctl.plan.plan import Plan
from segctl.plan.planned import PlannedFile, PlannedSegment
from segctl.render.features.placement import DATED
from segctl.render.sql.layout import INDENT, template_comment, with_alias
from segctl.render.sql.predicates import predicate_sql
from segctl.render.sql.referred import referred_steps
from segctl.render.sql.templates import COLUMN, SOURCES, TEMPLATES

CASE = COLUMN + INDENT  # the indent of a case in a column


def members_model(file: PlannedFile) -> str:
    """The members model of one definition file."""
    enabled = file.enabled
    features, moved_at = features_of_entity(file.entity)
    kept = [planned for planned in enabled if planned.keep_while]
    expiring = [
        planned for planned in enabled if planned.memory and (planned.memory.min_stay or planned.memory.cool_down)
    ]
    groups = _groups(enabled)
    grouped = {planned.segment.name: column for column, members in groups.items() for planned in members}
    predicates = [_rule(planned, planned.segment.name in grouped) for planned in enabled]
    predicates += [rule for planned in kept if planned.keep_while for rule in (planned.keep_while, planned.predicate)]
    referred = referred_steps(predicates, features)
    names = {"segments": enabled, "kept": kept, "expiring": expiring}
    return TEMPLATES.get_template("members.sql.j2").render(
        path=file.path,
        lists={name: [planned.segment.name for planned in segments] for name, segments in names.items()},
        referred=referred,
        groups=[{"column": column, "segments": list(map(_case, members))} for column, members in groups.items()],
        kept=[_column(planned, _kept(planned, planned.keep_while)) for planned in kept if planned.keep_while],
        segments=[
            {
                "comment": template_comment(_label_and_place(planned), COLUMN),
                "column": _evaluated(planned, grouped.get(planned.segment.name)),
            }
            for planned in enabled
        ],
        features=features,
        moved_at=moved_at,
        key=f"{file.entity}_id",
        by_key="" if file.entity == CUSTOMER else f", key='{file.entity}_id'",
    )


def features_of_entity(entity: str) -> tuple[str, str]:
    """The feature model of an entity's segments, and its column with the time of the last change."""
    return (DATED, "_moved_at") if entity == CUSTOMER else (f"{entity}_features", "changed_at")


def _groups(segments: Sequence[PlannedSegment]) -> dict[str, list[PlannedSegment]]:
    """The segments of exclusive groups that are in this file with all segments before them, in order, by column."""
    names = {planned.segment.name: planned for planned in segments}
    longest: dict[str, tuple[str, ...]] = {}
    for segment in segments:
        if segment.segment.group and segment.waterfall and set(segment.waterfall.before) <= names.keys():
            column = fitted(f"_group__{segment.segment.group.text}")
            # A later segment always follows an earlier one.
            longest[column] = max(longest.get(column, ()), (*segment.waterfall.before, segment.segment.name), key=len)
    return {column: [names[name] for name in listed] for column, listed in sorted(longest.items()) if len(listed) > 1}


def _rule(planned: PlannedSegment, grouped: bool) -> Predicate:
    """The rule. For a segment whose group is in this file, the rule without the group."""
    return planned.waterfall.alone if grouped and planned.waterfall else planned.predicate


def _case(planned: PlannedSegment) -> dict[str, str]:
    return {"name": planned.segment.name, "rule": predicate_sql(_rule(planned, grouped=True), CASE)}


def _evaluated(planned: PlannedSegment, group: str | None) -> str:
    """The segment's column."""
    if group:
        return f"{group} = '{planned.segment.name}' as {planned.segment.name}"
    return _column(planned, predicate_sql(planned.predicate, COLUMN))


def _column(planned: PlannedSegment, sql: str) -> str:
    return with_alias([sql], planned.segment.name, COLUMN)


def _kept(planned: PlannedSegment, keep_while: Predicate) -> str:
    mark = planned.segment.mark
    rule = Junction("none", (planned.predicate,), mark)
    return predicate_sql(Junction("all", (keep_while, rule), mark), COLUMN)


def segment_members_model(plan: Plan, entity: str = CUSTOMER) -> str:
    """The model with all members of an entity's segments."""
    stems = _stems(plan, entity)
    template = TEMPLATES.get_template("segment_members.sql.j2")
    return template.render(sources=SOURCES, stems=stems, features=f"{entity}_features", key=f"{entity}_id")


def members_in_scope_model(plan: Plan, entity: str = CUSTOMER) -> str:
    """The view of all members. For one file, a step of the reading query."""
    prefix = "" if entity == CUSTOMER else f"{entity}_"
    kind = "view" if len(_stems(plan, entity)) > 1 else "ephemeral"
    template = TEMPLATES.get_template("members_in_scope.sql.j2")
    return template.render(sources=SOURCES, prefix=prefix, key=f"{entity}_id", kind=kind)


def _stems(plan: Plan, entity: str) -> list[str]:
    return [file.stem for file in plan.files if file.enabled and file.entity == entity]


def guard_text(planned: PlannedSegment) -> str:
    """The segment's guard including the catalog's defaults, or empty."""
    guard = planned.guard
    if guard is None:
        return ""
    texts = [f"moves by {guard.max_change:f}% at most"] if guard.max_change is not None else []
    texts += [f"has {guard.min_size:,} members at least"] if guard.min_size is not None else []
    texts += [f"has {guard.max_size:,} members at most"] if guard.max_size is not None else []
    return ", ".join(texts)


def definition_text(planned: PlannedSegment) -> str:
    """The rule with its base and limit, and the memory, in words."""
    memory = planned.memory
    texts = [rule_in_words(planned.predicate)]
    if memory and memory.keep_while:
        texts.append(f"stays while {rule_in_words(memory.keep_while)}")
    texts += [f"stays at least {memory.min_stay}"] if memory and memory.min_stay else []
    texts += [f"rejoins after {memory.cool_down} at the earliest"] if memory and memory.cool_down else []
    return "; ".join(texts)


def _label_and_place(planned: PlannedSegment) -> str:
    segment = planned.segment
    place = f"{segment.mark.file}: {segment.name}"
    return f"{plain(segment.label)} ({place})" if segment.label else place
