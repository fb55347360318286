"""The tables of a dbt project, from dbt's manifest and the warehouse."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from segctl.parse import PACKAGE
from segctl.render import FOLDER

Kind = Literal["model", "seed", "snapshot", "source"]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True)
class FoundColumn:
    """A column: name and data type from the warehouse or the documentation, and its possible values.

    `data_type` is empty if unknown.
    """

    name: str
    data_type: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Relation:
    """A table that a catalog may refer to as `model: <reference>`.

    `built` means that the columns come from the warehouse. `unique` and `filled` are columns with dbt tests or
    constraints for unique and not null. `links` are tested relationships as column → (other model, its column). All in
    lower case. `folders` are those of the model's file, outermost first.
    """

    name: str
    reference: str
    kind: Kind
    columns: tuple[FoundColumn, ...] = ()
    built: bool = True
    unique: frozenset[str] = frozenset()
    links: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    filled: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()

    def column(self, name: str) -> FoundColumn | None:
        """The column of that name, ignoring case."""
        return next((found_column for found_column in self.columns if found_column.name.lower() == name.lower()), None)


def references(manifest: Any) -> dict[str, str]:  # noqa: ANN401
    """The tables in the manifest that segments can use, as unique id → Jinja reference.

    Without ephemeral models and segctl's own models.
    """
    reference_of = {}
    for node in manifest.nodes.values():
        kind = str(node.resource_type)
        ours = node.package_name == PACKAGE or node.original_file_path.startswith(f"{FOLDER}/")
        # `ref` without a version means the latest.
        former = getattr(node, "version", None) != getattr(node, "latest_version", None)
        if kind in KINDS and not ours and not former and node.config.materialized != "ephemeral":
            reference_of[node.unique_id] = f"ref('{node.name}')"
    for source in manifest.sources.values():
        if source.package_name != PACKAGE:
            reference_of[source.unique_id] = f"source('{source.source_name}', '{source.name}')"
    return reference_of


def relations(manifest: Any, columns: Mapping[str, list[tuple[str, str]]]) -> list[Relation]:  # noqa: ANN401
    """The tables with their columns from the warehouse by reference, or from the documentation."""
    tests: dict[str, list[Any]] = {}
    for node in manifest.nodes.values():
        if getattr(node, "test_metadata", None):
            # Tests of sources are attached to no node, but depend on the source.
            sources = [node_id for node_id in node.depends_on.nodes if node_id.startswith("source.")]
            for target in [node.attached_node] if node.attached_node else sources:
                tests.setdefault(target, []).append(node)
    tables = []
    for unique_id, reference in references(manifest).items():
        node = manifest.nodes.get(unique_id) or manifest.sources[unique_id]
        tables.append(_relation(node, reference, columns.get(reference, []), tests.get(unique_id, [])))
    return sorted(tables, key=lambda table: table.reference)


def _relation(node: Any, reference: str, built: list[tuple[str, str]], tests: list[Any]) -> Relation:  # noqa: ANN401
    documented = [(column.name, column.data_type or "") for column in node.columns.values()]
    values = {_column(test): _values(test) for test in tests if test.test_metadata.name == "accepted_values"}
    kind = str(node.resource_type)
    promised = [*_tested(tests), *_constrained(node)]
    return Relation(
        name=node.name,
        reference=reference if kind == "source" else node.name,
        kind=kind,  # type: ignore[arg-type]
        columns=tuple(FoundColumn(name, kind, values.get(name.lower(), ())) for name, kind in built or documented),
        built=bool(built),
        unique=frozenset(column for column, promise in promised if promise in ("unique", "primary_key")),
        links=dict(link for test in tests if (link := _link(test))),
        filled=frozenset(column for column, promise in promised if promise in ("not_null", "primary_key")),
        folders=tuple(node.fqn[1:-1]),
    )


def _tested(tests: list[Any]) -> list[tuple[str, str]]:
    """Tests of single columns, as column and test name. Tests with a filter do not count."""
    return [(_column(test), test.test_metadata.name) for test in tests if not test.config.where]


def _constrained(node: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    """Constraints of single columns, as column and kind."""
    constraints = [
        (_plain(column.name), constraint.type.value)
        for column in node.columns.values()
        for constraint in getattr(column, "constraints", [])
    ]
    for constraint in getattr(node, "constraints", []):
        alone = len(constraint.columns) == 1 or constraint.type.value == "not_null"
        constraints += [(_plain(column), constraint.type.value) for column in constraint.columns if alone]
    return constraints


def _plain(name: str) -> str:
    return name.strip('"`[]').lower()


def _column(test: Any) -> str:  # noqa: ANN401
    return _plain(str(test.column_name or test.test_metadata.kwargs.get("column_name", "")))


def _values(test: Any) -> tuple[str, ...]:  # noqa: ANN401
    listed = test.test_metadata.kwargs.get("values", [])
    return tuple(listed) if isinstance(listed, list) and all(isinstance(value, str) for value in listed) else ()


def _link(test: Any) -> tuple[str, tuple[str, str]] | None:  # noqa: ANN401
    if test.test_metadata.name != "relationships":
        return None
    names = re.findall(r"['\"]([^'\"]+)['\"]", str(test.test_metadata.kwargs.get("to", "")))
    other = _plain(str(test.test_metadata.kwargs.get("field", "")))
    return (_column(test), (names[-1], other)) if names else None
