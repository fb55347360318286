"""Lays out SQL expressions: on one line if short enough, otherwise on several."""

import re
import textwrap
from collections.abc import Sequence

WIDTH = 120
INDENT = "    "

_TOKEN = re.compile(r"'(?:[^']|'')*'|\{\{.*?\}\}|\w+|[()]", re.DOTALL)
_LISTED = re.compile(r"(\w+ (?:not )?in )\((.*)\)\Z", re.DOTALL)
_VALUE = re.compile(r"'(?:[^']|'')*'|\{\{ .*? \}\}|[^\s,'{}]+")
_CALL = re.compile(r"(\{\{ segctl\.\w+)\((.*)\) \}\}\Z", re.DOTALL)
_TEXT = r"""(?:"(?:\\.|[^"\\])*"|'[^']*')"""
_ARGUMENT = re.compile(rf"""{_TEXT}|[\w.]+\((?:{_TEXT}|[^()"'])*\)|[^\s,()"']+""")


def fits(sql: str, indent: str, further: int = 0) -> bool:
    """Whether the lines fit, with the first one indented and `more` characters after the last."""
    lines = f"{indent}{sql}{' ' * further}".split("\n")
    return max(len(line) for line in lines) <= WIDTH


def with_alias(forms: Sequence[str], name: str, indent: str) -> str:
    """The first form of an expression that fits with its alias and a comma, or the last form."""
    for form in forms:
        if fits(f"{form} as {name}", indent, 1):
            return f"{form} as {name}"
    before, last_line = forms[-1].rpartition("\n")[::2]
    alone = not before or not fits(f"{last_line} as {name}", "", 1)
    return f"{forms[-1]}\n{indent}{INDENT}as {name}" if alone else f"{forms[-1]} as {name}"


def wrapped_condition(sql: str, indent: str, further: int = 0) -> str:
    """A condition. If it does not fit, one line per joined condition, value or argument."""
    if fits(sql, indent, further):
        return sql
    # Splits the weaker operator first, so that brackets around a part keep the meaning.
    for word in ("or", "and"):
        inner = sql[1:-1] if sql.startswith("(") and len(_outside(sql[1:-1], word)) > 1 else sql
        joined = _outside(inner, word)
        if len(joined) > 1:
            deeper = [wrapped_condition(part, indent + INDENT, len(f"{word} ")) for part in joined]
            return block([deeper[0], *(f"{word} {part}" for part in deeper[1:])], indent)
    for whole, part, end in ((_LISTED, _VALUE, ""), (_CALL, _ARGUMENT, " }}")):
        match = whole.match(sql)
        parts: list[str] = part.findall(match[2]) if match else []
        if match and ", ".join(parts) == match[2]:
            return f"{match[1]}{block(parts, indent, ',')}{end}"
    return sql


def _outside(sql: str, word: str) -> list[str]:
    """The parts of an expression joined by a word, outside of quotes, brackets, Jinja and `between … and`."""
    parts, depth, start, ranges = [], 0, 0, 0
    for token in _TOKEN.finditer(sql):
        depth += {"(": 1, "case": 1, ")": -1, "end": -1}.get(token[0], 0)
        if depth < 0:
            return [sql]
        if depth or token[0] not in (word, "between"):
            continue
        if token[0] == "between":
            ranges += 1
        elif word == "and" and ranges:
            ranges -= 1
        else:
            parts.append(sql[start : token.start()].strip())
            start = token.end()
    return [*parts, sql[start:].strip()]


def block(lines: Sequence[str], indent: str, after: str = "") -> str:
    """Lines in brackets. `indent` is that of the closing bracket."""
    inner = f"{after}\n{indent}{INDENT}".join(lines)
    return f"(\n{indent}{INDENT}{inner}\n{indent})"


def coalesced(sql: str, default: str, indent: str, further: int = 0) -> str:
    """`coalesce(sql, default)`."""
    short = f"coalesce({sql}, {default})"
    if fits(short, indent, further):
        return short
    return f"coalesce{block([wrapped_condition(sql, indent + INDENT, 1), default], indent, ',')}"


def cases(conditions: Sequence[str], value: str, indent: str) -> list[str]:
    """`case when … then … end`, from one line to one line per condition. `indent` is that of `case`."""
    inside, deeper = indent + INDENT, indent + 2 * INDENT
    joined = " and ".join(conditions)
    parts = f"\n{deeper}and ".join(wrapped_condition(part, deeper, len("and ")) for part in conditions)
    return [
        f"case when {joined} then {value} end",
        f"case\n{inside}when {joined} then {value}\n{indent}end",
        f"case\n{inside}when\n{deeper}{parts}\n{deeper}then {value}\n{indent}end",
    ]


def called(macro: str, arguments: Sequence[str], indent: str = "", becomes: str = "") -> str:
    """A call of one of our macros, with one argument per line if too long. `becomes` names a variable for its value."""
    begin, end = (f"{{%- set {becomes} = ", " %}") if becomes else ("{{ ", " }}")
    line = f"{begin}segctl.{macro}({', '.join(arguments)}){end}"
    if fits(line, indent):
        return line
    listed = f",\n{indent}{INDENT}".join(arguments)
    return f"{begin}segctl.{macro}(\n{indent}{INDENT}{listed}\n{indent}){end}"


def comment(text: str, indent: str) -> str:
    """The text as comment lines."""
    width = WIDTH - len(indent) - len("-- ")
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return f"\n{indent}".join(f"-- {line}" for line in lines)


def template_comment(text: str, indent: str) -> str:
    """The text as a Jinja comment, which is not in the compiled query."""
    width = WIDTH - len(indent) - len("{#  -#}")
    lines = textwrap.wrap(text.replace("#}", "# }"), width, break_long_words=False, break_on_hyphens=False)
    return "{# " + f"\n{indent}   ".join(lines) + " -#}"


def joined_model(model: str, to: str, indent: str = INDENT) -> str:
    """A left join with a model that has one row per customer, under its own name."""
    return _joined(f"{{{{ ref('{model}') }}}} as {model}", f"on {to}.customer_id = {model}.customer_id", indent)


def left_join(step: str, to: str, key: str, other: str) -> str:
    """A step joined to a relation of the `from` clause, on the relation's `key` and the step's `other` column."""
    return _joined(step, f"on {to}.{key} = {step}.{other}", INDENT)


def _joined(relation: str, on: str, indent: str) -> str:
    line, first = f"left join {relation} {on}", f"left join {relation}"
    if fits(line, indent):
        return line
    deeper = f"\n{indent}{INDENT}"
    return f"{first}{deeper}{on}" if fits(first, indent) else f"left join{deeper}{relation}{deeper}{on}"
