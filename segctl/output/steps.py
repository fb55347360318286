"""The steps of a run in words."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segctl.warehouse import Step

# What steps are called by the folder of their file below models/segments/, `{}` standing for what the name says.
FOLDERS = {
    "features/sources": "features of {}",
    "features/patterns": "patterns of {}",
    "features/belonging": "belonging to {}",
    "features/population": "what depends on others",
    "features/ranks": "ranks of {}",
    "features": "features of {}",
    "guards": "figures of {}",
    "marts": "{} for BI",
}
# And by their name, where that says more than the folder.
NAMES = {
    "source_days": "what has changed in the sources",
    "run_sources": "sources, and their guards",
    "pattern_features": "patterns",
    "customer_features": "features of customers",
    "dated_features": "features as of the run",
    "members_in_scope": "members",
    "definition_versions": "versions of definitions",
    "segment_proposals": "who joins and who leaves",
    "run_sizes": "sizes, and guards of segments",
    "segment_stays": "history",
    "segment_runs": "publication",
}
# Of other kinds than models.
KINDS = {"test": "tests", "seed": "seed {}", "snapshot": "snapshot {}", "operation": "finishing"}
SEGMENTS = "segments/"
# What of a name says only which kind of model it is.
PREFIXES, SUFFIXES = ("figures_of_", "members_", "segment_", "rank_"), ("_features", "_patterns")


def in_words(step: "Step") -> str:
    """A step of a run as people call it: `features of order`, `history`, `tests`."""
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
    # Other entities have models of their own, called after those of customers.
    for name, words in NAMES.items():
        if step.name.endswith(f"_{name}"):
            return f"{words} of {step.name.removesuffix(f'_{name}')}"
    return f"features of {_core(step.name)}" if step.name.endswith("_features") else _core(step.name)


def _core(name: str) -> str:
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return name.replace("_", " ")
