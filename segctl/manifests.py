"""The manifest of an export as a file: what others read of it, and what an erasure has to change in it."""

import hashlib
import json
from pathlib import Path
from typing import Any

from segctl.project import replace_file

MANIFEST = "manifest.json"
# Its format, by which a file of that name is known to be one of ours.
MARK, VERSION = "segctl_manifest", 1
# Bytes of a file that are looked at together.
PART = 1024 * 1024


def manifest_json(told: dict[str, object]) -> str:
    """The text of a manifest."""
    return json.dumps({MARK: VERSION, **told}, indent=2, ensure_ascii=False) + "\n"


def is_manifest(path: Path) -> bool:
    """Whether a file is a manifest of ours: it names nobody."""
    return _read(path) is not None


def amend_manifest(path: Path, rows: int) -> None:
    """Tells the manifests beside a file that so many of its rows are gone. Raises OSError."""
    for name in (MANIFEST, f"{path.name}.{MANIFEST}"):
        beside = path.with_name(name)
        told = _read(beside)
        listed = [one for one in told["files"] if one.get("path") == path.name] if told else []
        for one in listed:
            one["rows"] -= rows
            with path.open("rb") as file:
                one["sha256"] = sha256_of(file)
        if told and listed:
            told.pop(MARK)
            replace_file(beside, manifest_json(told), beside.stat().st_mode & 0o777)


def sha256_of(file: Any) -> str:  # noqa: ANN401
    """The hash of what a file has from where it stands, in hexadecimal."""
    found = hashlib.sha256()
    while part := file.read(PART):
        found.update(part)
    return found.hexdigest()


def _read(path: Path) -> dict[str, Any] | None:
    """What a manifest tells; None for any other file."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_ours = isinstance(told, dict) and told.get(MARK) == VERSION and isinstance(told.get("files"), list)
    return told if is_ours and all(isinstance(one, dict) for one in told["files"]) else None
