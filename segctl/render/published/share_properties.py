"""The yml of shares, tables for reverse ETL and dbt exposures: descriptions and tests."""

from segctl.check.sharing import AUDIENCES, MEMBERSHIPS, PEOPLE, CheckedShare
from segctl.language.literals import plain
from segctl.language.syntax import CUSTOMER, Exposure
from segctl.plan.plan import Plan
from segctl.render.properties.documented import Properties, column
from segctl.render.properties.files import FIXED, dumped
from segctl.render.published.shares import SHARES, entities_of, rendered_shares, shared_columns, shared_members
from segctl.render.sql.templates import FOLDER, HEADER, SOURCES

SHARES_NOTE = f"# {HEADER} from {SOURCES}. Do not edit: change that and render again.\nversion: 2\n"
ELIGIBLE_TEXT = "True if the customer may be contacted, by the catalog's rule; NULL if the catalog has none."
JOINED_TEXT = "The instant of the run that found the join (UTC)."
CHANGED_TEXT = "The run since which the row has these values (UTC)."


def share_properties(plan: Plan) -> dict[str, str]:
    """The text of each file of properties, by path."""
    models = [_members(plan, entity) for entity in entities_of(plan)]
    models += [_share(share, plan) for share in rendered_shares(plan)]
    if plan.sharing.people:
        models += _reverse_etl_models(plan.sharing.people, plan)
    files = {f"{SHARES}/shares.yml": f"{SHARES_NOTE}models:\n{''.join(dumped(model) for model in models)}"}
    exposures = [_exposure(exposure, names, plan) for exposure, names in plan.sharing.exposures]
    if exposures:
        files[f"{FOLDER}/exposures.yml"] = (
            f"{SHARES_NOTE}exposures:\n{''.join(dumped(properties) for properties in exposures)}"
        )
    return files


def _model(name: str, description: str, columns: list[Properties], meta: Properties | None = None) -> Properties:
    config = FIXED | ({"meta": meta} if meta else {})
    return {"name": name, "description": plain(description), "config": config, "columns": columns}


def _members(plan: Plan, entity: str) -> Properties:
    description = (
        f"Shared columns of {entity}s by run: one row for each share, member and version. Readers use the views on"
        " it, which show the versions of the last finished run."
    )
    if not plan.shares(entity):
        description = f"No segment of {entity}s has a share, so there is no table."
    columns = [column("_share", "The share's name."), column(f"{entity}_id", f"The {entity}.")]
    if plan.shares(entity):
        descriptions = described(plan, entity)
        columns += [
            column(name, f"{descriptions[name]} NULL for shares without this column.")
            for name in shared_columns(plan.shares(entity))
        ]
        columns += [
            column("eligible", ELIGIBLE_TEXT),
            column("_valid_from", CHANGED_TEXT),
            column("_valid_to", "The run that found other values (UTC); NULL while these are current."),
        ]
    return _model(shared_members(entity), description, columns)


def described(plan: Plan, entity: str) -> dict[str, str]:
    """The description of each column that a share of the entity can have, by its name in the catalog."""
    catalog = plan.catalog
    about = catalog.customer if entity == CUSTOMER else catalog.entities[entity]
    descriptions = {
        name: attribute.description or f"Attribute {name} of the {entity}."
        for name, attribute in about.attributes.items()
    }
    if entity == CUSTOMER:
        descriptions |= {name: metric.description or f"Metric {name}." for name, metric in catalog.metrics.items()}
    revenue = catalog.revenue.text if catalog.revenue else ""
    descriptions.setdefault("revenue", f"Revenue: {revenue}" + ("." if entity == CUSTOMER else " of the customers."))
    return {name: f"{text.rstrip('.')}." for name, text in descriptions.items()}


def _share(share: CheckedShare, plan: Plan) -> Properties:
    descriptions = described(plan, share.entity)
    segment = next(planned.segment for planned in plan.segments if planned.segment.name == share.segment)
    called = f" ({segment.label})" if segment.label else ""
    only = " who may be contacted" if share.eligible_only else ""
    description = (
        f"Members of the segment {share.segment}{called}{only}: one row for each {share.entity}, as of the last"
        " finished run."
    )
    columns = [
        column(f"{share.entity}_id", f"The {share.entity}: its key."),
        column("joined_at", JOINED_TEXT),
        column("eligible", ELIGIBLE_TEXT),
        *(column(name, descriptions[name]) for name, _ in share.columns),
    ]
    return _model(share.name, description, columns, {"segment": share.segment, "barrier": True})


def _reverse_etl_models(people: CheckedShare, plan: Plan) -> list[Properties]:
    descriptions = described(plan, CUSTOMER)
    updated = column("updated_at", f"{CHANGED_TEXT} Incremental imports use it.")
    return [
        _model(
            AUDIENCES,
            "For reverse ETL: one row for each enabled segment of customers, as of the last finished run.",
            [
                column("id", "The segment's name, which is stable."),
                column("name", "The same as id."),
                column("label", "The segment's label."),
                column("description", "The purpose of the segment."),
                column("owner", "The person or team responsible for the segment."),
                column("tags", "The segment's tags, separated by commas."),
                column("entity", "What the members are: customer."),
                column("exclusive_group", "The segment's exclusive group; empty if none."),
                column("size", "Number of members."),
                column("as_of", "The instant of the last finished run (UTC)."),
                column("updated_at", "The same as as_of, because each run can change a size."),
            ],
            {"barrier": True},
        ),
        _model(
            PEOPLE,
            "For reverse ETL: one row for each customer in any segment, as of the last finished run.",
            [
                column("id", "The customer's key as a text."),
                column("customer_id", "The customer's key."),
                column("eligible", ELIGIBLE_TEXT),
                updated,
                *(column(name, descriptions[name]) for name, _ in people.columns),
            ],
            {"barrier": True},
        ),
        _model(
            MEMBERSHIPS,
            "For reverse ETL: one row for each segment and member. A customer who leaves has no row any more.",
            [
                column("id", "Segment and key, with a colon between them; the same if the customer comes back."),
                column("audience_id", "The segment: id of audiences."),
                column("person_id", "The customer: id of audience_people."),
                column("joined_at", JOINED_TEXT),
                column("eligible", ELIGIBLE_TEXT),
                column("run_id", "The run that found the join."),
                column("updated_at", "When the customer joined, or their row in audience_people changed (UTC)."),
            ],
            {"barrier": True},
        ),
    ]


def _exposure(exposure: Exposure, segments: tuple[str, ...], plan: Plan) -> Properties:
    """A user of segments, with the tables it reads: a segment's share, or the membership of its entity."""
    shares = {share.segment: share.name for share in rendered_shares(plan)}
    rendered = {planned.segment.name: planned.entity for planned in plan.segments}
    prefixes = {entity: "" if entity == CUSTOMER else f"{entity}_" for entity in entities_of(plan)}
    read = {
        shares.get(name) or f"{prefixes[rendered[name]]}segment_membership"
        for name in segments
        if rendered[name] in prefixes
    }
    owner = {"email" if "@" in exposure.owner else "name": plain(exposure.owner)}
    properties: Properties = {"name": exposure.name, "type": exposure.type, "owner": owner}
    properties |= {"url": plain(exposure.url)} if exposure.url else {}
    properties |= {"description": plain(exposure.description)} if exposure.description else {}
    return {
        **properties,
        "depends_on": [f"ref('{model}')" for model in sorted(read)],
        "config": {"meta": {"segments": list(segments)}},
    }
