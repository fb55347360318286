"""Checks a root project's dbt_project.yml for settings that would damage the history, without dbt.

The macro `check_settings` checks the resolved settings and more, but has no line numbers.
"""

import re
from collections.abc import Iterator

import yaml

from segctl.errors import Mark, Report, quoted
from segctl.parse.document import Loader

FILE = "dbt_project.yml"
CODE = "dbt-setting"
PACKAGE = "segctl"
MODELS = "models"
# dbt's settings for paths, with their defaults.
PATHS = {
    "model-paths": "models",
    "seed-paths": "seeds",
    "snapshot-paths": "snapshots",
    "packages-install-path": "dbt_packages",
}
# The folder of our models below `models`.
OURS = "segments"
VARIABLES = {
    "segctl_flapping_days": "it is a bound of segment_customers.is_flapping: docs/answers.md",
    "segctl_flapping_joins": "it is a bound of segment_customers.is_flapping: docs/answers.md",
    "segctl_lease_minutes": "it is how long a lease lasts: docs/operations.md, Two at once",
}


def check_settings(text: str, report: Report) -> None:
    """Records every setting in the text of a dbt_project.yml that would make a run do damage.

    Leaves invalid YAML to dbt, and values with Jinja to the macro.
    """
    nodes = dict(_pairs(_composed(text)))
    project = _text(nodes.get("name"))
    _paths(nodes.get("model-paths"), report)
    models = nodes.get(MODELS)
    if models:
        _models(models, project, report)
    for name, value, node in _variables(nodes.get("vars"), project):
        if "{" not in value and not re.fullmatch("[1-9][0-9]{0,5}", value):
            message = f"{name} is {quoted(value)!r}, expected a whole number from 1 on"
            report.add(_mark(node), CODE, message, VARIABLES[name])


def paths_of(text: str) -> dict[str, list[str]]:
    """The folders of models, seeds, snapshots and packages, from the text of a dbt_project.yml."""
    nodes = dict(_pairs(_composed(text)))
    listed = {}
    for key, usual in PATHS.items():
        node = nodes.get(key)
        values = (
            [_text(incomplete) for incomplete in node.value] if isinstance(node, yaml.SequenceNode) else [_text(node)]
        )
        listed[key] = [value for value in values if value] or [usual]
    return listed


def name_of(text: str) -> str:
    """The name of the project in the text of a dbt_project.yml, or empty."""
    return _text(dict(_pairs(_composed(text))).get("name"))


def variable_of(text: str, name: str) -> str:
    """The value of a variable in the text of a dbt_project.yml, global or for our package, or empty."""
    nodes = dict(_pairs(_composed(text)))
    given = dict(_pairs(nodes.get("vars")))
    own = [dict(_pairs(given.get(package))) for package in (PACKAGE, _text(nodes.get("name")))]
    return next((_text(place[name]) for place in (*own, given) if name in place), "")


def snapshots_of(text: str, file: str) -> Iterator[tuple[str, Mark]]:
    """The names and places of snapshots in the text of a properties file."""
    node = dict(_pairs(_composed(text))).get("snapshots") if re.search("^snapshots:", text, re.MULTILINE) else None
    for incomplete in node.value if isinstance(node, yaml.SequenceNode) else ():
        name = dict(_pairs(incomplete)).get("name")
        if name is not None:
            yield _text(name), _mark(name, file)


def _composed(text: str) -> yaml.Node | None:
    """The text as YAML. None if it is invalid, which dbt reports."""
    try:
        return yaml.compose(text, Loader=Loader)
    except yaml.YAMLError:
        return None


def _paths(node: yaml.Node | None, report: Report) -> None:
    if isinstance(node, yaml.SequenceNode) and not any(
        _text(incomplete).strip("./") == MODELS for incomplete in node.value
    ):
        message = f"dbt does not look for models in {MODELS}, where segctl render writes them"
        report.add(_mark(node), CODE, message, f"add {MODELS} to model-paths")


def _models(node: yaml.Node, project: str, report: Report) -> None:
    settings = {key.removeprefix("+"): value for key, value in _pairs(node)}
    hooks = settings.get(PACKAGE)
    kept = hooks is not None and any(key in ("enabled", "+enabled") for key, _ in _pairs(hooks))
    enabled = settings.get("enabled")
    if _text(enabled) == "false" and not kept and project != PACKAGE:
        message = "this disables the on-run-start hook of the package segctl, too"
        report.add(_mark(enabled), CODE, message, f"add below {MODELS}:  {PACKAGE}: {{+enabled: true}}")
    for alias in _aliases(node, (project, OURS)):
        message = "an alias would give our tables another name, and their history would begin again"
        report.add(_mark(alias), CODE, message, f"set it in folders that do not hold {MODELS}/{OURS}")


def _aliases(node: yaml.Node, path: tuple[str, ...]) -> Iterator[yaml.Node]:
    """The aliases for models below a path. At its end, all aliases anywhere below."""
    for key, value in _pairs(node):
        if key in ("alias", "+alias") and isinstance(value, yaml.ScalarNode):
            yield value
        elif isinstance(value, yaml.MappingNode) and (not path or key == path[0]):
            yield from _aliases(value, path[1:])


def _variables(node: yaml.Node | None, project: str) -> Iterator[tuple[str, str, yaml.Node]]:
    for key, value in _pairs(node):
        if key in VARIABLES and isinstance(value, yaml.ScalarNode):
            yield key, value.value, value
        elif key in (project, PACKAGE):
            yield from _variables(value, "")


def _pairs(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield _text(key), value


def _text(node: yaml.Node | None) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _mark(node: yaml.Node | None, file: str = FILE) -> Mark:
    place = node.start_mark if node else None
    return Mark(file, place.line + 1, place.column + 1) if place else Mark(file, 1, 1)
