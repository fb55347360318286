"""Differences between two versions of the definitions: segments, and clauses of their rules."""

from segctl.revisions.edits import Edit, edits_of
from segctl.revisions.relaxed import Relaxed, relaxed_rules, relaxed_test, with_part
from segctl.revisions.revision import Kind, Revision, revisions

__all__ = ["Edit", "Kind", "Relaxed", "Revision", "edits_of", "relaxed_rules", "relaxed_test", "revisions", "with_part"]
