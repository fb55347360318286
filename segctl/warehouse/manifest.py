"""dbt's manifest, used more than once, and with our tables in another schema."""

from typing import Any

RENDERED = "models/segments/"


def unused(manifest: Any) -> Any:  # noqa: ANN401
    """The manifest as it was parsed: what a former invocation has compiled in it is forgotten.

    dbt takes a node that is marked as compiled for one whose ephemeral parents stand in its text.
    """
    for node in manifest.nodes.values():
        if getattr(node, "compiled", False):
            node.compiled, node.compiled_code = False, None
            node.extra_ctes_injected, node.extra_ctes = False, []
    return manifest


def moved_beside(manifest: Any, suffix: str) -> Any:  # noqa: ANN401
    """A copy of the manifest with the tables and views of our models in a schema whose name has a suffix."""
    # dbt cannot copy these, and whoever asks for nodes by the name of a selector is not us.
    selectors, manifest.selectors = manifest.selectors, {}
    try:
        moved = manifest.deepcopy()
    finally:
        manifest.selectors = selectors
    for node in moved.nodes.values():
        if node.resource_type == "model" and node.original_file_path.startswith(RENDERED):
            node.relation_name = (node.relation_name or "").replace(node.schema, f"{node.schema}{suffix}")
            node.schema = f"{node.schema}{suffix}"
    # What macros see as `graph`.
    moved.build_flat_graph()
    return moved
