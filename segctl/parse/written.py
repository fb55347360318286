"""The text of each definition, as written."""

import yaml

from segctl.errors import lines_of
from segctl.parse.document import Loader


def definitions_as_written(content: bytes) -> dict[str, str]:
    """The text of each segment of a definition file by name, without indentation. Empty for invalid YAML.

    Leaves out comments and blank lines after a definition.
    """
    text = content.decode("utf-8-sig", "replace")
    try:
        root = yaml.compose(text, Loader=Loader)
    except yaml.YAMLError:
        return {}
    lines = lines_of(text)
    listed = _value(root, "segments")
    nodes = listed.value if isinstance(listed, yaml.SequenceNode) else []
    named = [(_value(node, "name"), node) for node in nodes]
    return {str(name.value): _written(node, lines) for name, node in named if isinstance(name, yaml.ScalarNode)}


def _value(node: yaml.Node | None, wanted: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for key, value in pairs if key.value == wanted), None)


def _written(node: yaml.Node, lines: list[str]) -> str:
    first, indent, last = node.start_mark.line, node.start_mark.column, node.end_mark.line
    text_lines = [*lines[first:last], lines[last][: node.end_mark.column] if last < len(lines) else ""]
    kept = [line[indent:] if not line[:indent].strip() else line.lstrip() for line in text_lines[1:]]
    kept = [text_lines[0][indent:], *kept]
    while not kept[-1].strip() or kept[-1].lstrip().startswith("#"):
        kept.pop()
    return "\n".join(line.rstrip() for line in kept) + "\n"
