"""Names the steps of a run for people."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segctl.warehouse import FinishedNode

# Names of steps by folder below models/segments/. `{}` stands for the core of the model's name.
FOLDERS = {
    "features/sources": "features of {}",
    "features/patterns": "patterns of {}",
    "features/belonging": "members of {}",
    "features/population": "ranks and shares",
    "features/ranks": "ranks of {}",
    "features": "features of {}",
    "guards": "figures of {}",
    "marts": "{} for BI",
}
# Names of steps by model, where that says more than the folder.
NAMES = {
    "source_days": "changes in the sources",
    "run_sources": "guards of sources",
    "pattern_features": "patterns",
    "customer_features": "features of customers",
    "dated_features": "features that time changes",
    "members_in_scope": "members",
    "definition_versions": "versions of definitions",
    "segment_proposals": "joins and leaves",
    "run_sizes": "sizes and guards of segments",
    "segment_stays": "history",
    "segment_runs": "publication",
}
# Names of steps that are not models.
KINDS = {"test": "tests", "seed": "seed {}", "snapshot": "snapshot {}", "operation": "finishing"}
SEGMENTS = "segments/"
# Parts of a model's name that only say its kind.
PREFIXES, SUFFIXES = ("figures_of_", "members_", "segment_", "rank_"), ("_features", "_patterns")


def node_name(step: "FinishedNode") -> str:
    """The name of a step for people: `features of order`, `history`, `tests`."""
    if step.kind != "model":
        return KINDS.get(step.kind, f"{step.kind} {{}}").format(step.name)
    if not step.path.startswith(SEGMENTS):
        return f"model {step.name}"
    if step.name in NAMES:
        return NAMES[step.name]
    folder = step.path.removeprefix(SEGMENTS).rpartition("/")[0]
    if folder in FOLDERS:
        return FOLDERS[folder].format(_core(step.name))
    if step.name.startswith("members_"):
        return f"members of {_core(step.name)}"
    # Models of other entities carry the entity's name as a suffix.
    for name, label in NAMES.items():
        if step.name.endswith(f"_{name}"):
            return f"{label} of {step.name.removesuffix(f'_{name}')}"
    return f"features of {_core(step.name)}" if step.name.endswith("_features") else _core(step.name)


def _core(name: str) -> str:
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return name.replace("_", " ")
