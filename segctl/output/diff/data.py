"""A comparison of definitions as JSON, described by docs/diff.schema.json."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from segctl.output.diff.words import summary, value_of

if TYPE_CHECKING:
    from segctl.operations.diff import Diff, SegmentDiff


def diff_as_data(found: "Diff", *, with_keys: bool) -> dict[str, object]:
    """The whole comparison, amounts as texts."""
    return {
        "against": found.against,
        "as_of": found.as_of,
        "currency": found.currency,
        "customers": found.customers,
        "revenue": found.revenue,
        "with_history": found.with_history,
        "catalog": list(found.catalog),
        "exposures": list(found.exposures),
        "summary": summary(found),
        "left_out": [
            {"source": str(problem.mark), "code": problem.code, "message": problem.message}
            for problem in found.left_out
        ],
        "segments": [_segment(one, with_keys) for one in found.segments],
    }


def _segment(one: "SegmentDiff", with_keys: bool) -> dict[str, object]:
    revision = one.revision
    return {
        "segment": revision.name,
        "what": revision.kind,
        "formerly": revision.before.segment.name if revision.before and revision.kind == "renamed" else None,
        "entity": revision.present.entity,
        "source": str(revision.present.segment.mark),
        "through": list(revision.through),
        "reworded": list(revision.reworded),
        "memory_edits": list(revision.memory_edits),
        "says": one.says or None,
        "said": one.said or None,
        "counts": asdict(one.counts) | {"stays": one.counts.stays} if one.counts else None,
        "edits": [
            {"words": cut.edit.words, "inside": list(cut.edit.inside), "joins": cut.joins, "leaves": cut.leaves}
            for cut in one.edits
        ],
        "near": [asdict(near) for near in one.near],
        "held_by": one.guard or None,
        "samples": [
            {
                "member": sample.member,
                "change": "join" if sample.joins else "leave",
                "revenue": sample.revenue,
                "values": {name: None if value is None else value_of(value) for name, value in sample.values.items()},
            }
            for sample in one.samples
            if with_keys
        ],
    }
