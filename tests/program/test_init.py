"""segctl init from start to end, as a new user runs it, in two foreign dbt projects."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

BIN = Path(sys.executable).parent
PROJECTS = Path(__file__).parents[1] / "projects"
LETTERS = """
models:
  - name: letters
    columns:
      - name: customer_id
        data_tests:
          - relationships: {arguments: {to: ref('stg_customers'), field: customer_id}}
"""
SCRATCH = ("target", "logs", "dbt_packages", "package-lock.yml", ".user.yml")


def copied(name: str, folder: Path) -> Path:
    return Path(shutil.copytree(PROJECTS / name, folder / name))


def called(folder: Path, program: str, *arguments: str, code: int = 0) -> str:
    """The program's output on both streams. It must have ended with that code."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DBT_", "SEGCTL_"))}
    # No profiles of the user who runs the tests.
    environment |= {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "HOME": str(folder)}
    line = [str(BIN / program), *arguments]
    done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    """All of a project's own files, with the time of the last change."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    own = [path for path in paths if path.relative_to(folder).parts[0] not in SCRATCH and path.suffix != ".duckdb"]
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes()) for path in own}


def members(database: Path) -> dict[str, int]:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute("select segment, count(*) from segment_membership group by segment").fetchall()
    return dict(rows)


def test_from_an_unbuilt_shop_to_members(tmp_path: Path) -> None:
    coffee_shop = copied("coffee_shop", tmp_path)
    before = files(coffee_shop)
    assert "dbt build builds" in called(coffee_shop, "segctl", "init", code=1)
    called(coffee_shop, "dbt", "build", "--quiet")
    output = called(coffee_shop, "segctl", "init", "--dry-run")
    assert "would write segments/catalog.yml" in output
    assert "would write packages.yml" in output
    assert files(coffee_shop) == before

    output = called(coffee_shop, "segctl", "init")
    assert "Customers: customers, with the key customer_id (other candidates: stg_customers)" in output
    written = files(coffee_shop)
    assert {path for path in written if path not in before and not path.startswith("segctl_package/")} == {
        "segments/catalog.yml",
        "segments/starter.yml",
        "packages.yml",
    }
    assert {path: written[path] for path in before} == before
    assert "segctl_package/macros/boundaries/as_of.sql" in written
    assert not [path for path in written if "staging" in path and path.startswith("segctl_package")]
    catalog = written["segments/catalog.yml"][1].decode()
    assert "values: [placed, shipped, completed, returned]" in catalog

    output = called(coffee_shop, "segctl", "init", "--customers", "stg_customers", "--key", "customer_id")
    assert output.count("left ") == 4
    assert "--customers and --key are for a new catalog; segments/catalog.yml exists" in output
    assert "wrote" not in output
    assert files(coffee_shop) == written

    # The whole project compiles at every step.
    called(coffee_shop, "dbt", "parse", "--quiet")
    called(coffee_shop, "segctl", "render")
    called(coffee_shop, "dbt", "parse", "--quiet")
    # A test reads a model behind segments, and another model that was never built.
    (coffee_shop / "models" / "letters.sql").write_text("select 1 as customer_id\n")
    (coffee_shop / "models" / "letters.yml").write_text(LETTERS)
    called(coffee_shop, "segctl", "run")
    members_found = members(coffee_shop / "coffee_shop.duckdb")
    assert members_found == {"repeat_customers": 2, "lapsed_90_days": 3, "top_spenders": 1}


def test_a_studio_with_packages_of_its_own(tmp_path: Path) -> None:
    studio = copied("studio", tmp_path)
    assert "dbt deps" in called(studio, "segctl", "init", code=3)
    called(studio, "dbt", "deps", "--quiet")
    called(studio, "dbt", "build", "--quiet", "--exclude", "fct_subscriptions")
    packages = studio / "packages.yml"
    before = packages.read_text()
    output = called(studio, "segctl", "init")
    assert "left packages.yml alone" in output
    assert "Add to the packages in packages.yml:\n\n  - local: segctl_package\n" in output
    assert "Not built yet: fct_subscriptions." in output
    assert "Always midnight: users.joined (in 4 rows)." in output
    assert packages.read_text() == before
    packages.write_text(before + "  - local: segctl_package\n")
    called(studio, "dbt", "deps", "--quiet")
    called(studio, "segctl", "render")
    called(studio, "segctl", "run")
    assert members(studio / "studio.duckdb") == {"repeat_customers": 1, "lapsed_90_days": 2, "top_spenders": 1}


def test_segments_for_a_catalog_that_is_there_need_no_dbt(tmp_path: Path) -> None:
    studio = copied("studio", tmp_path)
    (studio / "profiles.yml").unlink()
    (studio / "segments").mkdir()
    catalog = (
        "version: 1\ntimezone: UTC\nentities: {customer: {model: users, key: user_id, attributes: {email: string}}}\n"
    )
    (studio / "segments" / "catalog.yml").write_text(catalog)
    (studio / "segctl_package").mkdir()
    (studio / "segctl_package" / "dbt_project.yml").write_text("name: segctl\nversion: 0.0.1\n")
    (studio / "dbt_project.yml").write_text("name: studio\nmodel-paths: [transform]\n")
    output = called(studio, "segctl", "init", code=1)
    assert "dbt_project.yml:2:14: dbt does not look for models in models" in output
    assert "add models to model-paths" in output
    assert not (studio / "segments" / "starter.yml").exists()
    (studio / "dbt_project.yml").write_text("name: studio\nmodel-paths: [transform, models]\n")
    output = called(studio, "segctl", "init")
    assert "wrote segments/starter.yml" in output
    assert "segctl_package/ alone: it is version 0.0.1, and this program has" in output
    assert "segctl_package/ is version 0.0.1, and this program has" in called(studio, "segctl", "run", code=1)
    assert "fine" in called(studio, "segctl", "validate")


def test_failures_leave_nothing_behind(tmp_path: Path) -> None:
    assert "no dbt_project.yml" in called(tmp_path, "segctl", "init", code=2)
    project = copied("coffee_shop", tmp_path)
    (project / "profiles.yml").unlink()
    before = files(project)
    assert "--profiles-dir" in called(project, "segctl", "init", code=3)
    (project / "packages.yml").write_text("packages: [\n")
    assert "packages.yml is not valid YAML" in called(project, "segctl", "init", code=1)
    (project / "packages.yml").unlink()
    assert files(project) == before
