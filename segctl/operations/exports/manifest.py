"""The manifest of an export. It is written last, so every file that it names is complete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from segctl.features import rule_in_words
from segctl.language.literals import sql_instant
from segctl.operations.exports.request import Exported, ExportRequest
from segctl.operations.runs.tables import texts
from segctl.operations.segments.as_of import PointInTime
from segctl.operations.sql import render_query
from segctl.personal_data.manifests import manifest_json
from segctl.plan.plan import Plan
from segctl.warehouse import Warehouse


@dataclass(frozen=True)
class Origin:
    """The origin of members: the run, and the definition hash of each segment then."""

    run_id: str = ""
    definitions: Mapping[str, str] = field(default_factory=dict)


def origin_of(warehouse: Warehouse, point: PointInTime, segments: Sequence[str]) -> Origin:
    """Reads the origin of members from the warehouse. Raises Failure."""
    run = sql_instant(point.run or point.instant)
    rows = warehouse.query(render_query("exports/definitions", segments=texts(segments) or "''", run=run))
    hashes = {row["segment"]: row["definition_hash"] for row in rows if row["segment"]}
    return Origin(str(rows[0]["run_id"]) if rows else "", hashes)


@dataclass(frozen=True)
class Described:
    """A file with its columns."""

    file: Exported
    columns: Sequence[str]


def manifest_text(
    plan: Plan, request: ExportRequest, point: PointInTime, origin: Origin, files: Sequence[Described]
) -> str:
    """The manifest as JSON. Deterministic for the same export of the same run."""
    consent = rule_in_words(plan.eligible) if plan.eligible else None
    listed = [
        {
            "path": described.file.path.name,
            "segment": described.file.segment,
            "rows": described.file.rows,
            "sha256": described.file.sha256,
            "format": request.written_as.name,
            "columns": list(described.columns),
            "hash": request.hash or None,
            "as_of": _instant(point.instant),
            "run_as_of": _instant(point.run or point.instant),
            "run_id": origin.run_id,
            "definition_hash": origin.definitions.get(described.file.segment),
            "eligible_only": request.eligible_only,
            "eligible": consent,
        }
        for described in files
    ]
    return manifest_json({"priority": list(request.priority) or None, "files": listed})


def _instant(instant: datetime) -> str:
    return f"{instant.isoformat()}Z"
