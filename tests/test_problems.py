"""Every kind of broken file: the problems told, with their places and hints, as recorded beside it.

`pytest --record` writes what is told now; read the difference before committing it. The cases in `more` have a
catalog of their own, with more in it.
"""

from pathlib import Path

import pytest

from segctl.errors import ProblemsFound, described
from segctl.project import Project, load, texts

CASES = Path(__file__).parent / "cases"
MORE = CASES / "err" / "more"
CATALOGS = {CASES / "err": CASES / "catalog.yml", MORE: MORE / "catalog.yml"}
PATHS = sorted(path for folder in CATALOGS for path in folder.glob("*.yml") if path not in CATALOGS.values())


def told(folder: Path, path: Path) -> str:
    """What is told of the case, in a project that holds it and a catalog."""
    segments = folder / "segments"
    segments.mkdir()
    (folder / "dbt_project.yml").write_text("name: shop\n")
    case = path.read_bytes()
    if path.name.startswith("catalog_"):
        (segments / "catalog.yml").write_bytes(case)
        fine = "version: 1\nsegments:\n  - {name: vip, rule: {metric: lifetime_value, gt: 100}}\n"
        (segments / "case.yml").write_text(fine)
    else:
        (segments / "catalog.yml").write_bytes(CATALOGS[path.parent].read_bytes())
        (segments / "case.yml").write_bytes(case)
    project = Project(folder)
    with pytest.raises(ProblemsFound) as found:
        load(project)
    sources = texts(project)
    return "\n".join(described(problem, sources) for problem in found.value.problems) + "\n"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_problems_are_told_as_recorded(path: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    record = path.with_suffix(".txt")
    now = told(tmp_path, path)
    if request.config.getoption("--record"):
        record.write_text(now, encoding="utf-8")
    assert now == record.read_text(encoding="utf-8")


def test_a_problem_is_told_once_and_says_what_to_do() -> None:
    """Of the cases in `more`: two problems in one place would be one mistake told twice."""
    for path in sorted(MORE.glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        places = [line.split(" ")[0] for line in lines if line.startswith("segments/")]
        assert len(lines) == 4 * len(places), f"{path.stem}: a problem without a hint"
        if path.stem != "memory_with_group_and_limit":
            assert len(set(places)) == len(places), path.stem
