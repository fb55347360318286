"""What segctl says of files made of members."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from segctl.output.layout import counted, dumped

if TYPE_CHECKING:
    from segctl.operations.export import Exported


def print_exported(exported: Iterable["Exported"], as_json: bool) -> None:
    """That files were written, each as it is there; as data all that were, also when the next one fails."""
    written = []
    try:
        for one in exported:
            written.append({"segment": one.segment, "path": str(one.path), "rows": one.rows})
            if not as_json:
                print(f"wrote {one.path}: {counted(one.rows, 'row')}", flush=True)
    finally:
        if as_json:
            print(dumped(written))
