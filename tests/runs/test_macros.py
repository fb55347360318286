"""The macros as text: their folders, their index, and the errors that they raise."""

import re
from collections import Counter
from pathlib import Path

import pytest

from segctl.errors import InUse
from segctl.warehouse.diagnosis import failure_of
from segctl.warehouse.refusals import ADVICE, ColumnsMisfit, refusal
from tests.support import macro_index
from tests.support.built_project import REPOSITORY

MACROS = {
    str(path.relative_to(REPOSITORY)): path.read_text(encoding="utf-8")
    for path in sorted((REPOSITORY / "macros").rglob("*.sql"))
}
RAISED = re.compile(r"segctl\.(?:refuse|with_code)\(\s*'([a-z-]+)'")
# Files of several macros, named after what these have in common.
SUBJECTS = ["days", "keep_lock", "lease", "session_lock"]
REFUSES = "macros/errors/refuse.sql"
# How dbt-core 1, dbt 2, PostgreSQL's driver and Spark's Thrift server quote a macro's error.
WRAPPED = (
    "Compilation Error in model run_sources (models/segments/run_sources.sql)\n  {}\n  \n"
    "  > in macro refuse (macros/errors/refuse.sql)\n"
    "  > called by macro check_sources (macros/guards/check_sources.sql)",
    "Encountered an error:\nCompilation Error\n  {}\n  \n  > in macro refuse (macros/errors/refuse.sql)",
    "error: dbt1501: Failed to render SQL {}\n\n(in macros/errors/refuse.sql:6:5)\n"
    "  --> models/segments/run_sources.sql:1:1",
    "Database Error in model run_sizes\n  {}\n  CONTEXT:  PL/pgSQL function inline_code_block line 88 at RAISE",
    "Runtime Error\n  org.apache.hive.service.cli.HiveSQLException: Error running query: {}\n"
    "  \tat org.apache.spark.sql.hive.thriftserver.HiveThriftServerErrors$.runningQueryError(Errors.scala:44)",
)


def test_the_index_lists_all_public_macros_with_a_sentence() -> None:
    assert macro_index.README.read_text(encoding="utf-8") == macro_index.index(), (
        "python -m tests.support.macro_index writes it"
    )
    known, users = macro_index.macros(), macro_index.for_users()
    assert {"members_as_of", "migration", "release_lock"} < users <= known.keys()
    public = macro_index.for_models(known) | users
    assert {"before_run", "take_lock", "proposals", "warn_broken_promise", "recorded", "run_statements"} < public
    assert [name for name in sorted(public) if not known[name].sentence.endswith((".", "?"))] == []


def test_a_folder_has_one_subject_and_a_file_one_macro() -> None:
    folders = Counter(str(Path(path).parent) for path in MACROS)
    assert {folder: count for folder, count in folders.items() if count > 15} == {}
    first = {path: next(iter(macro_index.DEFINED.findall(text)))[1] for path, text in MACROS.items()}
    named = {path for path, name in first.items() if Path(path).stem in (name, f"test_{name}")}
    assert sorted(Path(path).stem for path in set(MACROS) - named) == SUBJECTS


def test_every_error_of_a_macro_has_a_code_and_every_code_is_raised() -> None:
    raised = {code for text in MACROS.values() for code in RAISED.findall(text)}
    assert raised == set(ADVICE)
    assert [path for path, text in MACROS.items() if "raise_compiler_error" in text] == [REFUSES]
    every = [text.count("segctl.refuse(") + text.count("segctl.with_code(") for text in MACROS.values()]
    # With the call in refuse itself, whose code is not a literal.
    assert sum(every) == 1 + sum(len(RAISED.findall(text)) for text in MACROS.values())


@pytest.mark.parametrize("wrapped", WRAPPED)
def test_a_code_is_found_in_whatever_quotes_it(wrapped: str) -> None:
    for code, advice in ADVICE.items():
        if not advice.lists:
            found = failure_of(wrapped.format(f"[segctl:{code}] it is {{so}}, and [thus]"), RuntimeError())
            assert (found.message, found.hint) == ("it is {so}, and [thus]", advice.hint)
            assert isinstance(found, InUse) == (code == "locked")


@pytest.mark.parametrize("wrapped", WRAPPED[:2])
def test_findings_are_listed(wrapped: str) -> None:
    lines = "orders: empty, and the last run saw 7 rows\n  visits: stale, there is no row (freshness is 1d)"
    found = failure_of(wrapped.format(f"[segctl:source-guards] guards of sources stop this run:\n  {lines}"), OSError())
    assert found.message == "guards of sources stop this run; nothing has been changed"
    assert found.hint == "if that is right, segctl run --allow orders --allow visits lets it pass once"
    assert found.detail.splitlines() == [f"  {line.strip()}" for line in lines.splitlines()]
    misfits = f"[segctl:column-types] columns are not what the catalog says:\n  {lines}"
    assert isinstance(failure_of(wrapped.format(misfits), OSError()), ColumnsMisfit)


def test_what_is_no_error_of_ours_is_none() -> None:
    assert refusal("Database Error\n  column [segctl:x] does not exist") is None
    assert refusal("Database Error\n  this run is as of 2024-01-01 UTC") is None
