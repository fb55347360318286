"""Every kind of broken file: the problems told, with their places and hints, as recorded beside it.

`pytest --record` writes what is told now; read the difference before committing it.
"""

from pathlib import Path

import pytest

from segctl.errors import ProblemsFound, described
from segctl.project import Project, load, texts

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.stem for path in (CASES / "err").glob("*.yml"))


def told(folder: Path, name: str) -> str:
    """What is told of the case, in a project that holds it and the common catalog."""
    segments = folder / "segments"
    segments.mkdir()
    case = (CASES / "err" / f"{name}.yml").read_bytes()
    if name.startswith("catalog_"):
        (segments / "catalog.yml").write_bytes(case)
        fine = "version: 1\nsegments:\n  - {name: vip, rule: {metric: lifetime_value, gt: 100}}\n"
        (segments / "case.yml").write_text(fine)
    else:
        (segments / "catalog.yml").write_bytes((CASES / "catalog.yml").read_bytes())
        (segments / "case.yml").write_bytes(case)
    project = Project(folder)
    with pytest.raises(ProblemsFound) as found:
        load(project)
    sources = texts(project)
    return "\n".join(described(problem, sources) for problem in found.value.problems) + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_problems_are_told_as_recorded(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    record = CASES / "err" / f"{name}.txt"
    now = told(tmp_path, name)
    if request.config.getoption("--record"):
        record.write_text(now, encoding="utf-8")
    assert now == record.read_text(encoding="utf-8")
