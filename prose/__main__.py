"""`python -m prose`: checks the English of docs, comments, descriptions and messages; `phrases.yml` has the rules."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from proselint.checks import __register__
from proselint.config import DEFAULT
from proselint.registry import CheckRegistry
from proselint.tools import LintFile

WIDTH = 100
BLOCK = re.compile(r"^( *)```.*?^\1```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`[^`]+`|\]\([^)]*\)|https?://\S+|<!--.*?-->", re.DOTALL)
COMMENT = re.compile(
    r"(?:^|\s)(?:#|--) .*|\{#.*?#\}|<#.*?#>|description: .*(?:\n +[^\s:#-][^:\n]*$)*|label: .*", re.MULTILINE
)
PROSE_TOKENS = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}


def blank(text: str, by: str = " ") -> str:
    """The text as blanks, with its line breaks, so that positions in the rest stay those of the file."""
    return re.sub(r"[^\n]", by, text)


def kept(text: str, spans: list[tuple[int, int]]) -> str:
    """Only these spans of the text; everything else is blank."""
    starts = [0, *(end for _, end in spans)]
    parts = (blank(text[last:start]) + text[start:end] for last, (start, end) in zip(starts, spans, strict=False))
    return "".join(parts)


def python_prose(text: str, strings: bool) -> list[tuple[int, int]]:
    """The spans of comments and docstrings, and of other strings on request."""
    lines = text.splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    tokens, begins = [], True
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in PROSE_TOKENS and (strings or begins or token.type == tokenize.COMMENT):
            tokens.append(token)
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            begins = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    return [(starts[one.start[0] - 1] + one.start[1], starts[one.end[0] - 1] + one.end[1]) for one in tokens]


def prose_of(suffix: str, text: str, strings: bool = True) -> str:
    """The prose of a file: a page without its code, comments and `strings` of Python, comments of other files."""
    if suffix != ".md":
        text = kept(
            text, python_prose(text, strings) if suffix == ".py" else [one.span() for one in COMMENT.finditer(text)]
        )
    return CODE.sub(lambda code: blank(code[0], "·"), BLOCK.sub(lambda code: blank(code[0]), text))


def faults(path: Path, rules: dict[str, Any]) -> Iterator[tuple[int, str, str]]:
    """The line, the phrase and the better phrase of each fault of a file."""
    text = path.read_text(encoding="utf-8")
    # Strings of tests are data, or messages that are checked where they are written.
    prose = prose_of(path.suffix, text, strings=path.parts[0] != "tests")
    for phrase, better in rules["phrases"].items():
        for found in re.finditer(rf"(?<!\w){phrase}(?!\w)".replace(" ", r"[\s#]+(?:-- )?"), prose, re.IGNORECASE):
            yield prose.count("\n", 0, found.start()) + 1, " ".join(found[0].split()), better
    if path.suffix == ".md":
        for number, line in enumerate(BLOCK.sub(lambda code: blank(code[0]), text).splitlines(), 1):
            if len(line.rstrip()) > WIDTH and not line.lstrip().startswith("|"):
                yield number, f"more than {WIDTH} characters", "wrap the line"
        for result in LintFile(str(path), prose).lint({**DEFAULT, "checks": rules["proselint"]}):
            yield result.pos[0] - 1, result.check_result.check_path, result.check_result.message


def main() -> int:
    """Prints file:line, the phrase and the better phrase of each fault; 1 if there are any."""
    rules = yaml.safe_load(Path(__file__).with_name("phrases.yml").read_text(encoding="utf-8"))
    CheckRegistry().register_many(__register__)
    paths = {path for glob in rules["files"] for path in Path().glob(glob) if path.is_file()}
    paths -= {path for glob in rules["not_yet"] for path in Path().glob(glob)}
    found = [f"{path}:{line}: {was}: {better}" for path in sorted(paths) for line, was, better in faults(path, rules)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
