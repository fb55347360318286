"""The index of macros, macros/README.md, built from the macros: `python -m tests.support.macro_index` writes it."""

import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from tests.support.built_project import REPOSITORY

MACROS = REPOSITORY / "macros"
README = MACROS / "README.md"
# Pages that tell users to call a macro. design.md is for developers.
DOCS = REPOSITORY / "docs"
PAGES = [REPOSITORY / "README.md", *sorted(page for page in DOCS.glob("*.md") if page.stem != "design")]
TOLD = re.compile(r"\bsegctl\.(\w+)(?=\()|run-operation segctl\.(\w+)")
COMMENT = re.compile(r"\s*\{#-?\s+(.*?)\s+-?#\}\s*", re.DOTALL)
DEFINED = re.compile(r"\{%-?\s*(macro|test|materialization)\s+(\w+)")
ENGINES = ("default", "duckdb", "postgres", "redshift", "spark", "databricks", "snowflake", "bigquery", "trino")
INTRO = """# Macros

`python -m tests.support.macro_index` writes this page from the comments of the macros.

A folder is named for what its macros serve. A file has the name of its first macro: that first, then `default__`, then
the variants of engines, each with the limit of the engine that it answers. Macros that are not listed here serve those
that are, and may change with each version.
"""
CALL = """
## To call yourself

In models and queries, or by `dbt run-operation`. These names stay.
"""
GENERATED = """
## What generated models and segctl call
"""


@dataclass(frozen=True)
class Macro:
    """A macro, test or materialization: its name, its file below macros/, and the first sentence of its comment."""

    name: str
    path: str
    sentence: str

    @property
    def folder(self) -> str:
        """The folder, as a path below macros/."""
        return str(Path(self.path).parent)

    @property
    def row(self) -> str:
        """Its line of a table."""
        return f"| [{self.name}]({self.path}) | {self.sentence} |"


def macros() -> dict[str, Macro]:
    """All macros but the variants of engines, by name. Those without a comment have no sentence."""
    result = {}
    for path in sorted(MACROS.rglob("*.sql")):
        text, at = path.read_text(encoding="utf-8"), str(path.relative_to(MACROS))
        for definition in DEFINED.finditer(text):
            name = definition[2]
            if name.partition("__")[0] not in ENGINES:
                before = text[: definition.start()]
                comment = COMMENT.fullmatch(before[max(before.rfind("{#"), 0) :])
                result[name] = Macro(name, at, _first_sentence(comment[1]) if comment else "")
    return result


def for_users() -> set[str]:
    """The macros that the docs tell users to call."""
    texts = (page.read_text(encoding="utf-8") for page in PAGES)
    return {name for text in texts for found in TOLD.findall(text) for name in found if name}


def for_models(known: dict[str, Macro]) -> set[str]:
    """The macros that the program, and the models and templates of both projects, name."""
    folders = [REPOSITORY / folder for folder in ("models/segments", "examples/complete_journey/models", "segctl")]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in (".sql", ".yml", ".j2", ".py")]
    names: set[str] = set()
    for path in [REPOSITORY / "dbt_project.yml", *files]:
        text = path.read_text(encoding="utf-8")
        names |= set(re.findall(r"\bsegctl\.(\w+)", text))
        names |= set(re.findall(r"(?:operate|execute_macro|called)\(\s*\"(\w+)\"", text))
        names |= set(re.findall(r"materialized='(\w+)'", text))
    return names & known.keys()


def index() -> str:
    """The whole page."""
    known = macros()
    users = for_users()
    parts = [INTRO, CALL, "\n", *_table([known[name] for name in sorted(users)]), GENERATED]
    listed = sorted((known[name] for name in for_models(known) - users), key=lambda macro: (macro.folder, macro.name))
    for folder, some in groupby(listed, key=lambda macro: macro.folder):
        parts += [f"\n### {folder}\n\n", *_table(list(some))]
    return "".join(parts)


def _first_sentence(comment: str) -> str:
    """Up to the first full stop, in one line."""
    return re.split(r"(?<=[.?])\s", " ".join(comment.split()), maxsplit=1)[0].replace("|", "\\|")


def _table(rows: list[Macro]) -> list[str]:
    return ["| macro | what it does |\n|---|---|\n", *(f"{macro.row}\n" for macro in rows)]


if __name__ == "__main__":
    README.write_text(index(), encoding="utf-8")
