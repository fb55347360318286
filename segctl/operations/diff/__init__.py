"""Shows what changed definitions would do to today's customers, before they are merged."""

from segctl.operations.diff.between import Between, Moved, between
from segctl.operations.diff.compare import Diff, DiffRequest, diff, queries
from segctl.operations.diff.segment import Counts, Cut, Near, Sample, SegmentDiff

__all__ = [
    "Between",
    "Counts",
    "Cut",
    "Diff",
    "DiffRequest",
    "Moved",
    "Near",
    "Sample",
    "SegmentDiff",
    "between",
    "diff",
    "queries",
]
