"""The manifest file of an export: reading it, and updating it after an erasure."""

import hashlib
import json
from pathlib import Path
from typing import Any

from segctl.project.project import replace_file

MANIFEST = "manifest.json"
# The format marks a file of that name as ours.
MARK, VERSION = "segctl_manifest", 1
# Bytes read at a time.
PART = 1024 * 1024


def manifest_json(manifest: dict[str, object]) -> str:
    """The text of a manifest."""
    return json.dumps({MARK: VERSION, **manifest}, indent=2, ensure_ascii=False) + "\n"


def is_manifest(path: Path) -> bool:
    """Whether a file is one of our manifests, which name no customer."""
    return _read(path) is not None


def amend_manifest(path: Path, rows: int) -> None:
    """Updates the manifests beside a file after rows were removed from it. Raises OSError."""
    for name in (MANIFEST, f"{path.name}.{MANIFEST}"):
        manifest_path = path.with_name(name)
        manifest = _read(manifest_path)
        listed = [entry for entry in manifest["files"] if entry.get("path") == path.name] if manifest else []
        for entry in listed:
            entry["rows"] -= rows
            with path.open("rb") as file:
                entry["sha256"] = sha256_of(file)
        if manifest and listed:
            manifest.pop(MARK)
            replace_file(manifest_path, manifest_json(manifest), manifest_path.stat().st_mode & 0o777)


def sha256_of(file: Any) -> str:  # noqa: ANN401
    """The hash of a file from its current position, in hexadecimal."""
    h_a_s_h = hashlib.sha256()
    while part := file.read(PART):
        h_a_s_h.update(part)
    return h_a_s_h.hexdigest()


def _read(path: Path) -> dict[str, Any] | None:
    """The content of a manifest, or None for any other file."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_ours = isinstance(manifest, dict) and manifest.get(MARK) == VERSION and isinstance(manifest.get("files"), list)
    return manifest if is_ours and all(isinstance(entry, dict) for entry in manifest["files"]) else None
