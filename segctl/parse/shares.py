"""Parses shares, uses of segments, and the tables for reverse ETL."""

import re
from collections.abc import Sequence

import yaml

from segctl.language.names import column_fault, name_fault
from segctl.language.reader import Entry, Reader
from segctl.language.synonyms import hint_for_word
from segctl.language.syntax import EXPOSURE_DETAILS, EXPOSURE_TYPES, Exposure, Scalar, Share

REVERSE_ETL = "audience_people"
SHARE_KEYS = ("name", "columns", "eligible_only", "grants")
REVERSE_ETL_KEYS = ("columns", "grants")
SHARE_HINTS = {
    "as": "remove it: a share is always a view",
    "attributes": "write columns: [email, country], with attributes and metrics alike",
    "metrics": "write columns: [email, lifetime_value], with attributes and metrics alike",
}
EXAMPLE = "share: {name: vip_customers, columns: [email, country]}"
GRANTS_EXAMPLE = "grants: {select: [reporter]}"
USED_BY_EXAMPLE = "used_by: [{name: weekly_mail, type: application, owner: crm@shop.example}]"

_URL = re.compile(r"https?://[^\s\"'<>\\]+\Z")


def segment_share(entries: dict[str, Entry], segment: str, reader: Reader) -> Share | None:
    """The share of a segment. None without one or after a problem."""
    return _share(entries.get("share"), f"shared_{segment}", SHARE_KEYS, reader)


def reverse_etl(entries: dict[str, Entry], reader: Reader) -> Share | None:
    """The columns of people in the tables for reverse ETL. None without them or after a problem."""
    return _share(entries.get("reverse_etl"), REVERSE_ETL, REVERSE_ETL_KEYS, reader)


def _share(entry: Entry | None, name: str, keys: Sequence[str], reader: Reader) -> Share | None:
    """`true`, a list of columns, or a mapping. `name` is the default name."""
    if entry is None:
        return None
    what, mark = entry.key.text, entry.key.mark
    if isinstance(entry.value, yaml.SequenceNode):
        return Share(name, _columns(entry.value, what, reader), None, mark)
    if isinstance(entry.value, yaml.ScalarNode):
        return Share(name, (), None, mark) if reader.flag(entry.value, what) else None
    entries = reader.only(reader.entries(entry.value, what), what, keys, SHARE_HINTS)
    place = reader.mark(entries["name"].value) if "name" in entries else mark
    called = reader.named(entries["name"].value, "share name", share_name_fault) if "name" in entries else name
    only = reader.flag(entries["eligible_only"].value, "eligible_only") if "eligible_only" in entries else False
    return Share(
        name=called or name,
        columns=_columns(entries["columns"].value, "columns", reader) if "columns" in entries else (),
        grants=_readers(entries["grants"], reader) if "grants" in entries else None,
        mark=place,
        eligible_only=entries["eligible_only"].key.mark if only else None,
    )


def share_name_fault(name: str) -> str:
    """Why a name is invalid for a share, or the empty string."""
    return name_fault(name) or column_fault(name)


def _columns(node: yaml.Node, what: str, reader: Reader) -> tuple[Scalar, ...]:
    """The names of columns, once each."""
    scalars: dict[str, Scalar] = {}
    for item in reader.sequence(node, what, f"{what}: [email, country]"):
        scalar = reader.scalar(item, f"an item of {what}")
        if scalar and scalar.text in scalars:
            reader.problem(item, "duplicate-name", f'{what} lists "{scalar.text}" twice', "keep one of them")
        elif scalar:
            scalars[scalar.text] = scalar
    return tuple(scalars.values())


def _readers(entry: Entry, reader: Reader) -> tuple[str, ...]:
    """The roles that may read. Their names appear unquoted in SQL."""
    entries = reader.only(reader.entries(entry.value, "grants", GRANTS_EXAMPLE), "grants", ("select",))
    roles = []
    for item in reader.sequence(entries["select"].value, "select", GRANTS_EXAMPLE) if "select" in entries else ():
        role = reader.named(item, "role", _role_fault, lambda *_: "use a role that needs no quotes in SQL")
        roles += [role] if role else []
    if isinstance(entry.value, yaml.MappingNode) and "select" not in entries:
        hint = f"for example {GRANTS_EXAMPLE}; select: [] revokes the right from all roles"
        reader.problem(entry.key.mark, "missing-key", 'grants has no "select"', hint)
    return tuple(dict.fromkeys(roles))


def _role_fault(role: str) -> str:
    """Why a role cannot stand in SQL without quotes, or the empty string."""
    return column_fault(role).replace("column name", "name")


def used_by(entries: dict[str, Entry], reader: Reader) -> tuple[Exposure, ...]:
    """The uses of a segment, without those with problems."""
    if "used_by" not in entries:
        return ()
    exposures: dict[str, Exposure] = {}
    for node in reader.sequence(entries["used_by"].value, "used_by", USED_BY_EXAMPLE):
        exposure = _exposure(node, reader)
        if exposure and exposure.name in exposures:
            message = f'used_by lists "{exposure.name}" twice'
            reader.problem(exposure.mark, "duplicate-name", message, "keep one of them")
        elif exposure:
            exposures[exposure.name] = exposure
    return tuple(exposures.values())


def _exposure(node: yaml.Node, reader: Reader) -> Exposure | None:
    """A use: its name, or a mapping with details."""
    if isinstance(node, yaml.ScalarNode):
        name = reader.named(node, "name in used_by", name_fault)
        return Exposure(name, reader.mark(node)) if name else None
    entries = reader.mapping(node, "an item of used_by", ("name", *EXPOSURE_DETAILS), ("name",))
    if "name" not in entries:
        return None
    name = reader.named(entries["name"].value, "name in used_by", name_fault)
    details = {key: reader.text(entries[key].value, key) for key in EXPOSURE_DETAILS if key in entries}
    if details.get("type") and details["type"] not in EXPOSURE_TYPES:
        hint = hint_for_word(details["type"], list(EXPOSURE_TYPES), "types")
        reader.problem(entries["type"].value, "wrong-value", f'unknown type "{details["type"]}"', hint)
    if details.get("url") and not _URL.match(details["url"]):
        hint = "for example https://bi.shop.example/weekly"
        reader.problem(entries["url"].value, "wrong-value", f'url "{details["url"]}" is not a web address', hint)
    return Exposure(name, reader.mark(entries["name"].value), **details) if name else None
