"""The manifest of an export. It is written last, so every file that it names is complete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from segctl.features import rule_in_words
from segctl.literals import sql_instant
from segctl.manifests import manifest_json
from segctl.operations.exports.request import Exported, Request
from segctl.operations.past import Moment
from segctl.operations.sql import render_query
from segctl.operations.tables import texts
from segctl.plan import Plan
from segctl.warehouse import Warehouse


@dataclass(frozen=True)
class Origin:
    """The origin of members: the run, and the definition hash of each segment then."""

    run_id: str = ""
    definitions: Mapping[str, str] = field(default_factory=dict)


def origin_of(warehouse: Warehouse, moment: Moment, segments: Sequence[str]) -> Origin:
    """Reads the origin of members from the warehouse. Raises Failure."""
    run = sql_instant(moment.run or moment.instant)
    rows = warehouse.query(render_query("exports/definitions", segments=texts(segments) or "''", run=run))
    hashes = {row["segment"]: row["definition_hash"] for row in rows if row["segment"]}
    return Origin(str(rows[0]["run_id"]) if rows else "", hashes)


@dataclass(frozen=True)
class Described:
    """A file with its columns."""

    file: Exported
    columns: Sequence[str]


def manifest_text(plan: Plan, request: Request, moment: Moment, origin: Origin, files: Sequence[Described]) -> str:
    """The manifest as JSON. Deterministic for the same export of the same run."""
    consent = rule_in_words(plan.eligible) if plan.eligible else None
    listed = [
        {
            "path": one.file.path.name,
            "segment": one.file.segment,
            "rows": one.file.rows,
            "sha256": one.file.sha256,
            "format": request.written_as.name,
            "columns": list(one.columns),
            "hash": request.hash or None,
            "as_of": _instant(moment.instant),
            "run_as_of": _instant(moment.run or moment.instant),
            "run_id": origin.run_id,
            "definition_hash": origin.definitions.get(one.file.segment),
            "eligible_only": request.eligible_only,
            "eligible": consent,
        }
        for one in files
    ]
    return manifest_json({"priority": list(request.priority) or None, "files": listed})


def _instant(instant: datetime) -> str:
    return f"{instant.isoformat()}Z"
