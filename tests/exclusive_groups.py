"""Stands in for the column `exclusive_group` of segment_definitions where the mart does not have it yet."""

from collections.abc import Mapping
from pathlib import Path


def with_exclusive_groups(package: Path, groups: Mapping[str, str]) -> None:
    """Adds the column to the mart of a package in a test's project: the group by the name of the segment, else ''."""
    path = package / "models" / "marts" / "segment_definitions.sql"
    text = path.read_text(encoding="utf-8")
    if "exclusive_group" in text:
        return
    cases = "".join(f"when '{segment}' then '{group}' " for segment, group in groups.items())
    named = f"case segment {cases}else '' end" if cases else "''"
    text = text.replace(
        "select *\n    from {{ ref('declared", f"select *, {named} as exclusive_group\n    from {{{{ ref('declared"
    )
    path.write_text(text.replace("'label', ", "'exclusive_group', 'label', "), encoding="utf-8")
