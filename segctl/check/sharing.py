"""Checks what others get: shares with their features, and the uses of segments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from segctl.errors import Mark, Report, did_you_mean, listed
from segctl.features import Feature
from segctl.features.scope import Scope
from segctl.language.syntax import CUSTOMER, EXPOSURE_DETAILS, Catalog, DefinitionFile, Exposure, Scalar, Segment, Share
from segctl.rules.attribute import attribute_value

AUDIENCES, PEOPLE, MEMBERSHIPS = "audiences", "audience_people", "audience_memberships"
TIME_SPINE = "segctl_time_spine"
# Model names that other keys of the catalog, or later versions, render.
RESERVED_SHARES = (AUDIENCES, PEOPLE, MEMBERSHIPS, TIME_SPINE, "metricflow_time_spine")
# Columns that mark rows while our tables change.
MARK = "is_cancelled"
# Fields that dbt requires of an exposure.
NEEDED = {"type": "application", "owner": "crm@shop.example"}
OF_SHARE, OF_PEOPLE = ("joined_at", "eligible"), ("id", "eligible", "updated_at")


@dataclass(frozen=True)
class CheckedShare:
    """A share of an entity's members: columns by name, each with its column in the entity's feature table.

    `segment` is empty for members of any segment. `features` must be in that table.
    """

    name: str
    segment: str
    entity: str
    columns: tuple[tuple[str, str], ...]
    features: tuple[Feature, ...]
    eligible_only: bool
    grants: tuple[str, ...] | None
    mark: Mark


@dataclass(frozen=True)
class CheckedSharing:
    """All shares by name, the people for reverse ETL (None if not asked for), and the uses of segments by name."""

    shares: tuple[CheckedShare, ...] = ()
    people: CheckedShare | None = None
    exposures: tuple[tuple[Exposure, tuple[str, ...]], ...] = ()


def check_sharing(scope: Scope, files: Sequence[DefinitionFile]) -> CheckedSharing:
    """Checks shares and uses against the catalog and each other. Reports problems to the scope."""
    columns = [
        (file.entity.text if file.entity else CUSTOMER, segment, segment.share)
        for file in files
        for segment in file.segments
        if segment.share
    ]
    shares = [
        _checked(share, segment.name, OF_SHARE, replace(scope, entity=entity)) for entity, segment, share in columns
    ]
    _check_names([share for _, _, share in columns], scope.catalog, scope.report)
    wanted = scope.catalog.reverse_etl
    return CheckedSharing(
        tuple(sorted(shares, key=lambda share: share.name)),
        _checked(wanted, "", OF_PEOPLE, scope) if wanted else None,
        tuple(_exposures([segment for file in files for segment in file.segments], scope.report)),
    )


def _checked(share: Share, segment: str, own: tuple[str, ...], scope: Scope) -> CheckedShare:
    own = (f"{scope.entity}_id", *own)
    columns, features = [], []
    for name in share.columns:
        if name.text in (*own, MARK) and _is_in_catalog(name.text, scope):
            hint = f"rename it in the catalog, for example {scope.entity}_{name.text}"
            scope.report.add(name.mark, "name-clash", f'the view already has a column "{name.text}"', hint)
            continue
        if name.text in own:
            # Listing the key is allowed but not needed.
            continue
        if name.text == "revenue" and scope.catalog.revenue:
            columns.append((name.text, "revenue"))
            continue
        feature = _feature(name, scope)
        if feature:
            columns.append((name.text, feature.name))
            features.append(feature)
    if share.eligible_only:
        _check_eligible(share.eligible_only, scope)
    only = share.eligible_only is not None
    return CheckedShare(
        share.name, segment, scope.entity, tuple(columns), tuple(features), only, share.grants, share.mark
    )


def _is_in_catalog(name: str, scope: Scope) -> bool:
    return name in scope.about.attributes or (scope.entity == CUSTOMER and name in scope.catalog.metrics)


def _feature(name: Scalar, scope: Scope) -> Feature | None:
    """The feature of an attribute or a metric. None after a problem."""
    if name.text in scope.about.attributes:
        return attribute_value(name, scope)
    metrics = scope.catalog.metrics if scope.entity == CUSTOMER else {}
    if name.text in metrics:
        return scope.metrics.get(name.text)
    if name.text in scope.report.broken:
        return None
    known = [*scope.about.attributes, *metrics, *(["revenue"] if scope.catalog.revenue else [])]
    hint = did_you_mean(name.text, known, "attributes and metrics")
    if name.text in scope.catalog.metrics:
        theirs = listed(sorted(known), "columns")
        hint = f"{name.text} is a metric of customers; a share of {scope.entity} may have {theirs}"
    message = f'unknown column "{name.text}": neither an attribute nor a metric of {scope.entity}'
    scope.report.add(name.mark, "unknown-column", message, hint)
    return None


def _check_eligible(mark: Mark, scope: Scope) -> None:
    if scope.entity != CUSTOMER:
        message = f"eligible_only needs eligible, which {scope.entity} does not have: only customers do"
        scope.report.add(mark, "rule-place", message, "remove eligible_only")
    elif scope.catalog.customer.eligible is None:
        message = "eligible_only needs eligible in the catalog"
        hint = "add to entity customer: eligible: {attribute: marketing_consent, eq: true}"
        scope.report.add(mark, "missing-key", message, hint)


def _check_names(shares: Sequence[Share], catalog: Catalog, report: Report) -> None:
    """Checks that share names are unique and not names of models in the catalog. `render` checks our own models."""
    models = [entity.model for entity in (catalog.customer, *catalog.entities.values())]
    models += [event.model for event in catalog.events.values()]
    seen: dict[str, Share] = {}
    for share in shares:
        first = seen.setdefault(share.name, share)
        if first is not share:
            report.add(
                share.mark, "duplicate-name", f'two shares are called "{share.name}"', f"the first is at {first.mark}"
            )
        elif share.name in (*RESERVED_SHARES, *(model.lower() for model in models)):
            refuse_name(share.name, share.mark, report)


def refuse_name(name: str, mark: Mark, report: Report) -> None:
    """Records that a share has the name of another model."""
    message = f'a share cannot be called "{name}", which is the name of another model'
    report.add(mark, "taken-name", message, f"for example share: {{name: {name}_shared}}")


def _exposures(segments: Sequence[Segment], report: Report) -> Iterator[tuple[Exposure, tuple[str, ...]]]:
    """The uses of segments. Mentions of the same use complete each other."""
    mentions: dict[str, list[tuple[Segment, Exposure]]] = {}
    for segment in segments:
        for exposure in segment.used_by:
            mentions.setdefault(exposure.name, []).append((segment, exposure))
    for name, exposures in sorted(mentions.items()):
        details: dict[str, str] = {}
        for detail in EXPOSURE_DETAILS:
            with_detail = [exposure for _, exposure in exposures if getattr(exposure, detail)]
            details[detail] = getattr(with_detail[0], detail) if with_detail else ""
            for other in with_detail[1:]:
                if getattr(other, detail) != details[detail]:
                    message = f"{name} has another {detail} here than at {with_detail[0].mark}"
                    hint = f"describe it once; elsewhere the name is enough: used_by: [{name}]"
                    report.add(other.mark, "conflicting-keys", message, hint)
        owners = sorted((segment.name, segment.owner) for segment, _ in exposures if segment.owner)
        details["owner"] = details["owner"] or (owners[0][1] if owners else "")
        missing = {key: example for key, example in NEEDED.items() if not details[key]}
        if missing:
            message = f"{name} in used_by has no {' and no '.join(missing)}"
            example = ", ".join(f"{key}: {value}" for key, value in {"name": name, **missing}.items())
            report.add(exposures[0][1].mark, "missing-key", message, f"for example {{{example}}}")
        yield Exposure(name, exposures[0][1].mark, **details), tuple(sorted(segment.name for segment, _ in exposures))
