"""The SQL files of the operations: code names each file, and each name is a file."""

import re

from jinja2 import UndefinedError

from segctl.operations.sql import render_query
from tests.support.built_project import REPOSITORY

OPERATIONS = REPOSITORY / "segctl" / "operations"
FILES = {
    str(path.relative_to(OPERATIONS / "sql").with_suffix("")): path.read_text(encoding="utf-8")
    for path in (OPERATIONS / "sql").rglob("*.sql")
}


def test_every_file_is_used() -> None:
    program = "".join(path.read_text(encoding="utf-8") for path in OPERATIONS.rglob("*.py"))
    folders = "|".join(sorted({name.partition("/")[0] for name in FILES}))
    assert set(re.findall(rf'"((?:{folders})/[a-z_]+)"', program)) == FILES.keys()


def test_a_part_that_is_missing_is_noticed() -> None:
    for name, text in FILES.items():
        parts = set(re.findall(r"<< (\w+) >>", text))
        rendered = render_query(name, **dict.fromkeys(parts, "part_of_it"))
        assert "<<" not in rendered
        assert rendered.count("part_of_it") == len(re.findall(r"<< \w+ >>", text))
        try:
            render_query(name)
        except UndefinedError:
            assert parts
        else:
            assert not parts
