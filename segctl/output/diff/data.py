"""A comparison of definitions as JSON, described by docs/diff.schema.json."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from segctl.output.diff.sentences import summary, value_of

if TYPE_CHECKING:
    from segctl.operations.diff import Diff, SegmentDiff


def diff_as_data(diff: "Diff", *, with_keys: bool) -> dict[str, object]:
    """The whole comparison, amounts as texts."""
    return {
        "against": diff.against,
        "as_of": diff.as_of,
        "currency": diff.currency,
        "customers": diff.customers,
        "revenue": diff.revenue,
        "with_history": diff.with_history,
        "catalog": list(diff.catalog),
        "exposures": list(diff.exposures),
        "summary": summary(diff),
        "left_out": [
            {"source": str(problem.mark), "code": problem.code, "message": problem.message} for problem in diff.left_out
        ],
        "segments": [_segment(changed, with_keys) for changed in diff.segments],
    }


def _segment(changed: "SegmentDiff", with_keys: bool) -> dict[str, object]:
    revision = changed.revision
    return {
        "segment": revision.name,
        "what": revision.kind,
        "formerly": revision.before.segment.name if revision.before and revision.kind == "renamed" else None,
        "entity": revision.present.entity,
        "source": str(revision.present.segment.mark),
        "through": list(revision.through),
        "reworded": list(revision.reworded),
        "memory_edits": list(revision.memory_edits),
        "says": changed.says or None,
        "said": changed.said or None,
        "counts": asdict(changed.counts) | {"stays": changed.counts.stays} if changed.counts else None,
        "edits": [
            {"words": cut.edit.text, "inside": list(cut.edit.inside), "joins": cut.joins, "leaves": cut.leaves}
            for cut in changed.edits
        ],
        "near": [asdict(near) for near in changed.near],
        "held_by": changed.guard or None,
        "samples": [
            {
                "member": sample.member,
                "change": "join" if sample.joins else "leave",
                "revenue": sample.revenue,
                "values": {name: None if value is None else value_of(value) for name, value in sample.values.items()},
            }
            for sample in changed.samples
            if with_keys
        ],
    }
