"""Reuses dbt's manifest, and moves our tables to another schema in it."""

from typing import Any

RENDERED = "models/segments/"


def unused(manifest: Any) -> Any:  # noqa: ANN401
    """The manifest as parsed, without anything that an earlier invocation compiled.

    dbt assumes that a compiled node already contains its ephemeral parents. A failed query would stay in the manifest
    and clash with the next one.
    """
    for key in [key for key, node in manifest.nodes.items() if node.resource_type == "sql_operation"]:
        del manifest.nodes[key]
    for node in manifest.nodes.values():
        if getattr(node, "compiled", False):
            node.compiled, node.compiled_code = False, None
            node.extra_ctes_injected, node.extra_ctes = False, []
    return manifest


def with_schema_suffix(manifest: Any, suffix: str) -> Any:  # noqa: ANN401
    """A copy of the manifest with our models' relations in a schema with a suffix."""
    # dbt cannot copy selectors, and we use none.
    selectors, manifest.selectors = manifest.selectors, {}
    try:
        moved = manifest.deepcopy()
    finally:
        manifest.selectors = selectors
    for node in moved.nodes.values():
        if node.resource_type == "model" and node.original_file_path.startswith(RENDERED):
            node.relation_name = (node.relation_name or "").replace(node.schema, f"{node.schema}{suffix}")
            node.schema = f"{node.schema}{suffix}"
    # Macros see this as `graph`.
    moved.build_flat_graph()
    return moved


def references_to(manifest: Any) -> set[str]:  # noqa: ANN401
    """The references to everything with rows: `ref('a')`, `ref('package', 'a')`, `source('a', 'b')`."""
    references = {f"source('{source.source_name}', '{source.name}')" for source in manifest.sources.values()}
    for node in manifest.nodes.values():
        if node.resource_type in ("model", "seed", "snapshot"):
            references |= {f"ref('{node.name}')", f"ref('{node.package_name}', '{node.name}')"}
    return references


def exposures_of(manifest: Any) -> tuple[str, ...]:  # noqa: ANN401
    """The names of the project's own exposures that depend on our models."""
    ours = {key for key, node in manifest.nodes.items() if node.original_file_path.startswith(RENDERED)}
    own = (exposure for exposure in manifest.exposures.values() if not exposure.original_file_path.startswith(RENDERED))
    return tuple(sorted(exposure.name for exposure in own if ours.intersection(exposure.depends_on.nodes)))
