"""Generated files in a foreign project: names, packages, sqlfluff, reviews."""

import subprocess
import sys
from pathlib import Path

import pytest

from segctl.errors import Failure, ProblemsFound
from segctl.operations.definitions.render import render_project
from segctl.operations.definitions.validate import validate
from segctl.operations.setup.init import initialise
from segctl.operations.setup.package import Undeclared, missing
from segctl.operations.setup.reviews import ATTRIBUTES, unfolded
from segctl.operations.setup.sqlfluff import IGNORED, unignored
from segctl.project.project import Project
from segctl.warehouse import Warehouse

CATALOG = """\
version: 1
timezone: UTC
entities:
  customer: {model: people, key: person_id, attributes: {country: string}}
  account: {model: firms, key: firm_id, customers: firm_id, attributes: {country: string}}
"""
SEGMENTS = "version: 1\nsegments:\n  - {name: abroad, rule: {attribute: country, ne: GB}}\n"
FIRMS = "version: 1\nentity: account\nsegments:\n  - {name: at_home, rule: {attribute: country, eq: GB}}\n"
SETTINGS = "name: shop\nmodel-paths: [models, transform]\nsnapshot-paths: [kept]\n"
SNAPSHOT = "\n{{%- snapshot {name} -%}}\nselect 1 as person_id\n{{%- endsnapshot -%}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a catalog, a definition file `abroad.yml`, and the package installed."""
    for path, text in {
        "dbt_project.yml": SETTINGS,
        "segments/catalog.yml": CATALOG,
        "segments/abroad.yml": SEGMENTS,
        "segments/firms.yml": FIRMS,
        "dbt_packages/segctl/dbt_project.yml": "name: segctl\n",
    }.items():
        written(tmp_path, path, text)
    return Project(tmp_path)


def written(root: Path, path: str, text: str = "select 1 as person_id\n") -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


TAKEN = {
    "a model": ("models/customer_features.sql", "", "customer_features", "1:1"),
    "a model of any folder": ("transform/deep/Run_Sources.sql", "", "Run_Sources", "1:1"),
    "one in Python": ("models/marts/segment_history.py", "", "segment_history", "1:1"),
    "of a definition file": ("models/members_abroad.sql", "", "members_abroad", "1:1"),
    "of an entity": ("models/account_features.sql", "", "account_features", "1:1"),
    "a seed": ("seeds/segment_sizes.csv", "a\n1\n", "segment_sizes", "1:1"),
    "a snapshot": ("kept/any.sql", SNAPSHOT.format(name="segment_runs"), "segment_runs", "2:14"),
    "one in YAML": ("models/any.yml", "version: 2\nsnapshots:\n  - {name: erasures}\n", "erasures", "3:12"),
}


@pytest.mark.parametrize("what", TAKEN)
def test_a_name_that_is_taken(what: str, project: Project) -> None:
    path, text, name, place = TAKEN[what]
    written(project.root, path, text or "select 1 as person_id\n")
    for command in (validate, render_project):
        with pytest.raises(ProblemsFound) as failure:
            command(project)
        (problem,) = failure.value.problems
        assert (str(problem.mark), problem.code) == (f"{path}:{place}", "taken-name")
        assert problem.message.startswith(f"{name} is the name of a model that segctl renders: models/segments/")
    assert not (project.root / "models" / "segments").exists()


def test_names_that_are_free(project: Project) -> None:
    for path, text in {
        "models/features.sql": "",
        "models/customer_features_v2.sql": "",
        "models/segment_history.sql": "{{ config(materialized='table', enabled = false) }}\nselect 1 as a\n",
        "analyses/segment_sizes.sql": "",
        "tests/segment_runs.sql": "",
        "seeds/segment_sizes.md": "",
        "models/broken.yml": "snapshots: [\n",
        "kept/people_kept.sql": SNAPSHOT.format(name="people_kept"),
    }.items():
        written(project.root, path, text or "select 1 as person_id\n")
    validate(project)
    render_project(project)
    # A rendered file does not collide with itself, even when an earlier version rendered it.
    stays = project.root / "models" / "segments" / "history" / "segment_stays.sql"
    stays.rename(project.root / "models" / "segments" / "segment_stays.sql")
    validate(project)
    assert "models/segments/segment_stays.sql" in render_project(project).deleted


def test_the_package_is_missing(project: Project) -> None:
    assert missing(project) is None
    (project.root / "dbt_packages").rename(project.root / "deps")
    undeclared = missing(project)
    assert isinstance(undeclared, Undeclared)
    assert undeclared.message == (
        "there is no packages.yml that names the dbt package segctl, which the rendered models need"
    )
    written(project.root, "packages.yml", "packages:\n  - package: dbt-labs/dbt_utils\n    version: 1.3.0\n")
    undeclared = missing(project)
    assert isinstance(undeclared, Undeclared)
    assert undeclared.message == "packages.yml does not name the dbt package segctl, which the rendered models need"
    with pytest.raises(Undeclared):
        render_project(project)
    assert not (project.root / "models" / "segments").exists()
    written(project.root, "packages.yml", "packages:\n  - local: segctl_package\n")
    absent = missing(project)
    assert isinstance(absent, Failure)
    assert (absent.message, absent.hint) == ("the dbt package segctl is not installed in dbt_packages", "run dbt deps")
    problems_found: list[str] = []
    assert render_project(project, problems_found.append).written
    assert problems_found == ["the dbt package segctl is not installed in dbt_packages; run dbt deps"]
    written(project.root, "dbt_project.yml", f"{SETTINGS}packages-install-path: deps\n")
    assert missing(project) is None


def test_the_projects_own_sqlfluff_leaves_generated_files_alone(project: Project) -> None:
    written(project.root, "models/people.sql", "SELECT 1 AS PERSON_ID\n")
    render_project(project)
    assert unignored(project) == []
    rules = "[sqlfluff]\ndialect = duckdb\ntemplater = jinja\nmax_line_length = 40\n"
    written(
        project.root, ".sqlfluff", f"{rules}[sqlfluff:rules:capitalisation.keywords]\ncapitalisation_policy = upper\n"
    )
    lines = unignored(project)
    assert lines == ["models/segments/", "segctl_package/"]
    lint = [str(Path(sys.executable).parent / "sqlfluff"), "lint", "--processes", "1", "models"]
    red = subprocess.run(lint, cwd=project.root, capture_output=True, text=True, check=False)
    assert (red.returncode, "models/segments/" in red.stdout) == (1, True)
    written(project.root, IGNORED, "\n".join(lines) + "\n")
    green = subprocess.run(lint, cwd=project.root, capture_output=True, text=True, check=False)
    assert "models/segments/" not in green.stdout
    assert unignored(project) == []
    written(project.root, IGNORED, "/models/segments\n")
    assert unignored(project) == ["segctl_package/"]


@pytest.mark.parametrize(
    ("name", "text", "uses"),
    [
        ("pyproject.toml", "[tool.sqlfluff.core]\n", True),
        ("pyproject.toml", "[tool.ruff]\n", False),
        ("setup.cfg", "[sqlfluff:rules]\n", True),
        ("tox.ini", "[tox]\n", False),
    ],
)
def test_where_sqlfluff_has_its_settings(name: str, text: str, uses: bool, project: Project) -> None:
    written(project.root, name, text)
    assert bool(unignored(project)) == uses


def test_reviews_fold_generated_files(project: Project) -> None:
    folded = ["models/segments/segments.yml linguist-generated", "segments/.schema/*.json linguist-generated"]
    (project.root / ".git").mkdir()
    initialise(project, Warehouse(project.root), dry_run=False)
    assert (project.root / ATTRIBUTES).read_text() == "".join(f"{line}\n" for line in folded)
    assert unfolded(project) == []
    written(project.root, ATTRIBUTES, f"* text=auto\n/{folded[1]}\nmodels/segments/segments.yml diff\n")
    advice = initialise(project, Warehouse(project.root), dry_run=False)
    assert any(f"Add to {ATTRIBUTES}" in note and note.endswith(f"\n\n{folded[0]}") for note in advice.notes)
    assert (project.root / ATTRIBUTES).read_text().startswith("* text=auto\n")


def test_without_git_nothing_is_folded(project: Project) -> None:
    assert unfolded(project) == []
    assert ATTRIBUTES not in initialise(project, Warehouse(project.root), dry_run=True).written
