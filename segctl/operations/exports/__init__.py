"""Exports members for other programs: files in several formats, and changes since the last export."""

from segctl.operations.exports.change import Change
from segctl.operations.exports.change_files import export_changes
from segctl.operations.exports.changes import LAST_EXPORT, Changes, ChangesRequest, changes, changes_since
from segctl.operations.exports.members import export
from segctl.operations.exports.request import STANDARD_OUTPUT, Exported, ExportRequest

__all__ = [
    "LAST_EXPORT",
    "STANDARD_OUTPUT",
    "Change",
    "Changes",
    "ChangesRequest",
    "ExportRequest",
    "Exported",
    "changes",
]
__all__ += ["changes_since", "export", "export_changes"]
