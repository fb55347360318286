"""Every kind of invalid file: the reported problems with places and hints, as recorded next to it.

`tests/cases/err` has a folder for each subject. A case in `catalog` is a catalog. Each other case is a definition file,
read with tests/cases/catalog.yml. `pytest --record` records what is reported now: read the difference before you commit
it. tests/cases/bad_messages.yml lists messages that are known to be poor.
"""

from pathlib import Path

import pytest
import yaml

from segctl.errors import ProblemsFound, described
from segctl.project.project import Project, load, texts

CASES = Path(__file__).parents[1] / "cases"
BROKEN = CASES / "err"
PATHS = sorted(BROKEN.rglob("*.yml"))
# Two mistakes in one place: memory fits neither a group nor a limit, and VIP is both invalid and taken.
TWICE_IN_ONE_PLACE = {"segments/memory/with_group_and_limit", "names/clash_when_lowered"}


def name_of(path: Path) -> str:
    """The case's folder and name, for example `rules/rank/tile_0`."""
    return path.relative_to(BROKEN).with_suffix("").as_posix()


def is_catalog(path: Path) -> bool:
    return name_of(path).startswith("catalog/")


def reported(folder: Path, path: Path) -> str:
    """What segctl reports about the case, in a project with it and a catalog."""
    segments = folder / "segments"
    segments.mkdir()
    (folder / "dbt_project.yml").write_text("name: shop\n")
    case = path.read_bytes()
    if is_catalog(path):
        (segments / "catalog.yml").write_bytes(case)
        fine = "version: 1\nsegments:\n  - {name: vip, rule: {metric: lifetime_value, gt: 100}}\n"
        (segments / "case.yml").write_text(fine)
    else:
        (segments / "catalog.yml").write_bytes((CASES / "catalog.yml").read_bytes())
        (segments / "case.yml").write_bytes(case)
    project = Project(folder)
    with pytest.raises(ProblemsFound) as failure:
        load(project)
    sources = texts(project)
    return "\n".join(described(problem, sources) for problem in failure.value.problems) + "\n"


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_problems_are_reported_as_recorded(path: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    record = path.with_suffix(".txt")
    now = reported(tmp_path, path)
    if request.config.getoption("--record"):
        record.write_text(now, encoding="utf-8")
    assert now == record.read_text(encoding="utf-8")


def test_a_problem_is_reported_once_and_says_what_to_do() -> None:
    """Two problems in one place would be one mistake reported twice."""
    for path in PATHS:
        lines = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
        places = [line.split(" ")[0] for line in lines if line.startswith("segments/")]
        hints = [line for line in lines if line.startswith("  hint: ")]
        assert len(hints) == len(places), f"{name_of(path)}: a problem without a hint"
        if name_of(path) not in TWICE_IN_ONE_PLACE:
            assert len(set(places)) == len(places), name_of(path)


def test_no_record_is_left_of_a_case_that_is_gone() -> None:
    assert {path.with_suffix(".txt") for path in PATHS} == set(BROKEN.rglob("*.txt"))


def test_messages_known_to_be_poor_are_still_so() -> None:
    """An improved message leaves the list."""
    for one in yaml.safe_load((CASES / "bad_messages.yml").read_text(encoding="utf-8")):
        record = (BROKEN / one["case"]).with_suffix(".txt").read_text(encoding="utf-8")
        assert one["says"] in record, f"{one['case']} is better: take it out of bad_messages.yml"
        assert one["why"]
