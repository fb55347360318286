"""Renders shares, and the tables for reverse ETL."""

from collections.abc import Iterable, Mapping

from segctl.check.sharing import AUDIENCES, MEMBERSHIPS, PEOPLE, CheckedShare, refuse_name
from segctl.errors import ProblemsFound, Report
from segctl.language.syntax import CUSTOMER, table_prefix
from segctl.plan.plan import Plan
from segctl.render.sql.layout import called, wrapped_condition
from segctl.render.sql.templates import COLUMN, FOLDER, SOURCES, TEMPLATES

SHARES = f"{FOLDER}/shares"
LASTING = "materialized='lasting_view'"


def shared_members(entity: str) -> str:
    """The name of the table behind an entity's shares."""
    return f"{table_prefix(entity)}shared_members"


def shared_tables(plan: Plan) -> dict[str, str]:
    """The tables behind shares, which runs write, each with its key."""
    return {shared_members(entity): f"{entity}_id" for entity in entities_of(plan) if plan.shares(entity)}


def shared_views(plan: Plan) -> dict[str, str]:
    """The relations for readers, each with its key."""
    views = {share.name: f"{share.entity}_id" for share in rendered_shares(plan)}
    return views | (dict.fromkeys((AUDIENCES, PEOPLE, MEMBERSHIPS), "id") if plan.sharing.people else {})


def entities_of(plan: Plan) -> list[str]:
    """The entities that have segments, customers first."""
    return [CUSTOMER, *(planned.name for planned in plan.entities)]


def rendered_shares(plan: Plan) -> list[CheckedShare]:
    """The shares of segments by name. An entity without enabled segments has none."""
    return [share for share in plan.sharing.shares if share.entity in entities_of(plan)]


def share_models(plan: Plan, others: Mapping[str, str]) -> dict[str, str]:
    """The models by path. Raises ProblemsFound for a share with the name of one of the `others`."""
    files = {f"{SHARES}/{shared_members(entity)}.sql": _members(plan, entity) for entity in entities_of(plan)}
    if plan.sharing.people:
        files |= _reverse_etl_views(plan.sharing.people)
    _refuse_names(rendered_shares(plan), [*others, *files])
    return files | {f"{SHARES}/{share.name}.sql": _share(share) for share in rendered_shares(plan)}


def _refuse_names(shares: Iterable[CheckedShare], paths: Iterable[str]) -> None:
    taken = {path.rpartition("/")[2].removesuffix(".sql") for path in paths}
    report = Report()
    for share in shares:
        if share.name in taken:
            refuse_name(share.name, share.mark, report)
    if report.problems:
        raise ProblemsFound(report.problems)


def shared_columns(shares: Iterable[CheckedShare]) -> dict[str, str]:
    """All columns of these shares by name, each with its column in the feature table."""
    return dict(sorted(column for share in shares for column in share.columns))


def _members(plan: Plan, entity: str) -> str:
    shares = plan.shares(entity)
    features, key = f"{entity}_features", f"{entity}_id"
    columns = shared_columns(shares)
    only = [share.name for share in shares if share.eligible_only]
    eligible = f"{features}.eligible"
    return TEMPLATES.get_template("shares/shared_members.sql.j2").render(
        sources=SOURCES,
        name=shared_members(entity),
        shares=shares,
        key=key,
        stays=f"{table_prefix(entity)}segment_stays",
        features=features,
        of_segments=[share for share in shares if share.segment],
        people=next((share for share in shares if not share.segment), None),
        columns=[_in_any_share(name, f"{features}.{column}", shares) for name, column in columns.items()],
        eligible_only=wrapped_condition(f"(shared._share not in {_listed(only)} or {eligible})", COLUMN, 4)
        if only
        else "",
        versions=called("shared_versions", ["'members'", f"'{key}'", str([*columns, "eligible"])]),
    )


def _in_any_share(name: str, column: str, shares: tuple[CheckedShare, ...]) -> str:
    """A column of shared members, NULL for others."""
    theirs = [share.name for share in shares if name in dict(share.columns)]
    if len(theirs) == len(shares):
        return column if column.endswith(f".{name}") else f"{column} as {name}"
    is_shared = wrapped_condition(f"shared._share in {_listed(theirs)}", COLUMN + 8 * " ", 5)
    inside = COLUMN + 4 * " "
    return f"case\n{inside}when {is_shared} then {column}\n{COLUMN}end as {name}"


def _listed(names: list[str]) -> str:
    return "(" + ", ".join(f"'{name}'" for name in names) + ")"


def _share(share: CheckedShare) -> str:
    prefix = table_prefix(share.entity)
    return TEMPLATES.get_template("shares/share.sql.j2").render(
        sources=SOURCES,
        share=share,
        settings=_settings(share),
        key=f"{share.entity}_id",
        history=f"{prefix}segment_history",
        members=shared_members(share.entity),
    )


def _settings(share: CheckedShare) -> list[str]:
    return [LASTING, *([] if share.grants is None else [f"grants={{'select': {list(share.grants)}}}"])]


def _reverse_etl_views(share: CheckedShare) -> dict[str, str]:
    return {
        f"{SHARES}/{name}.sql": TEMPLATES.get_template(f"shares/{name}.sql.j2").render(
            sources=SOURCES, settings=_settings(share), columns=share.columns
        )
        for name in (AUDIENCES, PEOPLE, MEMBERSHIPS)
    }
