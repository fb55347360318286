"""Reads names from the definition files within hundredths of a second, for shell completion.

Checks nothing. A file that cannot be read declares nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CBaseLoader as Loader
except ImportError:  # PyYAML without libyaml
    from yaml import BaseLoader as Loader  # type: ignore[assignment]

# Larger files are not read for completion.
LARGEST_FILE = 2_000_000


@dataclass(frozen=True)
class Declared:
    """A segment as declared in a file."""

    name: str
    label: str
    owner: str
    tags: tuple[str, ...]


def declared_segments(start: Path) -> list[Declared]:
    """The segments of the project around a folder, by name. Empty without a project."""
    segments = [_declared(item) for data in _files(start) for item in _items(data.get("segments"))]
    return sorted((segment for segment in segments if segment.name), key=lambda declared: declared.name)


def declared_sources(start: Path) -> list[str]:
    """The events and entities of the project's catalog, by name."""
    named = [_keys(data.get(key)) for data in _files(start) for key in ("events", "entities")]
    return sorted({name for names in named for name in names})


def _files(start: Path) -> Iterator[dict[str, Any]]:
    here = start.resolve()
    root = next((folder for folder in (here, *here.parents) if (folder / "dbt_project.yml").is_file()), None)
    for path in sorted((root / "segments").glob("*.y*ml")) if root else []:
        try:
            small = path.is_file() and path.stat().st_size <= LARGEST_FILE
            data = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=Loader) if small else None
        except (OSError, ValueError, yaml.YAMLError, RecursionError):
            continue
        if isinstance(data, dict):
            yield data


def _items(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _keys(value: object) -> list[str]:
    return [str(key) for key in value] if isinstance(value, dict) else []


def _declared(item: dict[str, Any]) -> Declared:
    def text(key: str) -> str:
        return item[key] if isinstance(item.get(key), str) else ""

    tags = item.get("tags")
    tag_texts = tuple(map(str, tags)) if isinstance(tags, list) else ()
    return Declared(text("name"), text("label"), text("owner"), tag_texts)
