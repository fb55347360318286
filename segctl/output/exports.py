"""Prints what an export wrote."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from segctl.errors import Failure
from segctl.output.layout import counted, dumped

if TYPE_CHECKING:
    from segctl.operations.exports import Exported


def print_exported(exported: Iterable["Exported"], as_json: bool, printed: bool = False) -> None:
    """Prints each file as soon as it is written. JSON lists all written files, even if a later one fails.

    Prints nothing else when the rows themselves were `printed`.
    """
    if printed and as_json:
        raise Failure("--json lists files, but --to - prints rows", "use only one of them", exit_code=2)
    written = []
    try:
        for file in exported:
            size = "" if file.is_manifest else f": {counted(file.rows, 'row')}"
            if not file.is_manifest:
                data = {"segment": file.segment, "path": str(file.path), "rows": file.rows}
                written.append(data | ({"sha256": file.sha256} if file.sha256 else {}))
            if not as_json:
                print(f"wrote {file.path}{size}", flush=True)
    finally:
        if as_json:
            print(dumped(written))
