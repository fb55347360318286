"""What dbt, an adapter or our own macros say when something goes wrong, as Failures that a user can act on."""

import re
from errno import EACCES, EPERM, EROFS
from itertools import dropwhile
from pathlib import Path
from typing import Any

from segctl.errors import Failure

# What dbt puts before what went wrong: the kind of error, and where it happened.
HEADLINE = r"\w+ Error( in .*)?|Encountered an error:|Credentials in profile .* invalid: \w+ Error"
# How they begin when tables are not of the format of this version.
OF_FORMAT = r"the tables are of format \d+"
# What our own macros say when they refuse to go on, in one line.
OUR_REFUSAL = (
    r"this run is as of .* UTC|key \S+ of \S+ does not tell customers apart.*"
    r"|\S+ is a (table, and a view|view, and a table) .*|the time zone of the Spark session is .*"
    r"|another program is changing these tables.*|this run does not hold the lock .*|\S+ has lost its row: .*"
    r"|segctl_table_format is .*|segment \S+ was called .* carried over"
    r"|another run has begun .*|SEGCTL_\w+ .*"
    rf"|{OF_FORMAT}.*"
    r"|the key of \S+, column .* cast it in staging|a column that is recorded cannot become wider, .*"
)
# And when sources are not what their guards ask for: a headline, then a line for each breach.
GUARDED = r"(guards of sources stop this run):\n((?:\s*[a-z_0-9]+: .*(?:\n|$))+)"
# When the root project's settings would harm a history: a headline, then a line for each setting.
UNSETTLED = r"(settings of dbt stop this run):\n((?:\s*(?:--\w+|vars \w+|models \+\w+|dispatch|macros): .*(?:\n|$))+)"
# When columns are not what the catalog says: a headline, then a line for each column.
MISFITTING = (
    r"(columns are not what the catalog says):\n((?:\s*(?:column \S+ of )?\S+ (?:is|has no column) .*(?:\n|$))+)"
)
ALLOW = "if that is right, segctl run --allow {names} lets it pass once"
# What engines that let nobody wait say to the later of two who change a table: Iceberg, Delta, BigQuery, Redshift.
OVERTAKEN = (
    r"Found conflicting files|Concurrent(Append|Delete\w+|Transaction|Write)Exception|DELTA_CONCURRENT_"
    r"|Could not serialize access to table|Serializable isolation violation"
)
# What adapters say of a missing table of ours.
NOT_BUILT = (
    r"(?s)(customer_features|segment_(sizes|history|membership|runs|definitions))\b.{0,40}"
    r"(does not exist|cannot be found)"
)
# What Python says of a file or folder, in dbt or an adapter.
OF_A_FILE = r"\[Errno \d+\] ([^:\n]+): '([^'\n]+)'"
ELSEWHERE = "DBT_TARGET_PATH and DBT_LOG_PATH name other folders for what dbt writes"
# What adapters say, and what the user can do about it.
ADVICE = (
    (r"Could not set lock on file", "close the program that has the database open, then try again"),
    (r"No space left on device|No free space", "make room on the disk, then run again: what has been recorded is kept"),
    (r"(?i)read-only|Permission denied", "may this account write the database?"),
    (
        r"not a valid DuckDB database file|Could not read enough bytes|Corrupt database|checksum",
        "the database file is damaged: put a backup in its place, then run again",
    ),
    (
        r"before the last finished run",
        "a history cannot be continued from its middle: use a later --as-of, or begin again (docs/operations.md)",
    ),
    (r"does not tell customers apart", "a customer is one row with a key: mend the model, then run again"),
    (r"it is not dropped", "rename the table, or drop it if nothing in it is needed any more"),
    (r"cannot be carried over", "take formerly out, or give the segment another name"),
    (r"another program is changing these tables", "wait for it to end, then try again"),
    (
        r"does not hold the lock",
        "run again; if a model of ours takes longer than a lease, set segctl_lease_minutes (docs/operations.md)",
    ),
    (rf"{OF_FORMAT}, and this version of segctl knows", "install a newer segctl"),
    (rf"{OF_FORMAT}, and this version of segctl keeps", "segctl run brings them up"),
    (rf"{OF_FORMAT}, and the models", "segctl render writes those of this version"),
    (r"cast it in staging", "to the type that its history has; only wider types are carried over: docs/operations.md"),
    (r"recorded cannot become wider", "nothing has been changed; docs/operations.md says what becomes of views"),
    (r"another run has begun", "wait for it to end, then run again if need be"),
    (r"Path '?\S+'? does not exist", "--profiles-dir names the folder of profiles.yml"),
    (r"Env var required but not provided", "set the environment variable"),
    (r"does not have a target named", "name one of them with --target"),
    (r"Could not find adapter type", "install it with segctl: pip install 'segctl[postgres]', or 'segctl[spark]'"),
    (r"segctl_table_format is", "change that variable in dbt_project.yml: docs/engines.md"),
    (
        r"(?i)DATA_SOURCE_NOT_FOUND|MERGE INTO TABLE is not supported|does not support (MERGE|row-level)",
        "our tables need Iceberg or Delta, which the server must have: docs/engines.md",
    ),
    (r"time zone of the Spark session", "set it where the server is started, then run again: docs/engines.md"),
    (
        r"TSocket read 0 bytes|Connection reset by peer|Broken pipe|server closed the connection unexpectedly",
        "the server has gone away in the middle: see that it runs, then run again; what has been recorded is kept",
    ),
    (
        r"Connection refused|could not translate host|timeout expired|Could not connect to any of",
        "is the server running, and reachable from here?",
    ),
    (r"password authentication failed|no password supplied", "check the user and password of the profile"),
    (r"\.dbt' does not exist", "dbt finds no profiles.yml here or in ~/.dbt; name its folder with --profiles-dir"),
    (r"Could not find profile|profiles\.yml", "dbt debug tells what dbt makes of the profile"),
    (r"depends on a node named '?\S+'? which was not found", "is the model named in segments/catalog.yml there?"),
    (r"'segctl' is undefined|package.* installed|dbt deps", "run dbt deps to install the dbt package"),
    (
        r"Could not convert|invalid input syntax|Referenced column|Column \S+ referenced|column .* does not exist",
        "compare segments/catalog.yml with the model's columns",
    ),
    (r"does not exist", "is the source loaded, and is it the right target?"),
)


class NothingBuilt(Failure):
    """There has been no run on this target."""


class ColumnsMisfit(Failure):
    """Columns of the warehouse are not of the types that the catalog says; nothing has been read or changed."""


class FailedAfter(Failure):
    """What failed when the run was published already: models and tests that read what it wrote."""

    def __init__(self, names: str, failure: Failure) -> None:
        hint = failure.hint or "what it published stands: mend what failed, then run again as of the same instant"
        detail = failure.detail or f"  {failure.message}"
        super().__init__(f"the run is published; what failed after it: {names}", hint, detail=detail)
        self.names = names

    def as_of(self, instant: str) -> Failure:
        """The same with the run's instant, as people read it."""
        message = f"the run as of {instant} is published; what failed after it: {self.names}"
        return Failure(message, self.hint, detail=self.detail)


def said(message: str, cause: BaseException) -> Failure:
    """The Failure for an exception of dbt's; the exception itself is raised when it says nothing."""
    if re.search(NOT_BUILT, message):
        return NothingBuilt("nothing has been built on this target yet", "segctl run builds it")
    refused = _refused(message)
    if refused:
        return refused
    lines = [line.strip() for line in _plain(message).splitlines() if line.strip()]
    news = list(dropwhile(lambda line: re.fullmatch(HEADLINE, line), lines))
    if not news:
        raise cause
    of_a_file = re.fullmatch(OF_A_FILE, news[0])
    if of_a_file and isinstance(cause, OSError) and cause.errno in (EACCES, EPERM, EROFS):
        return Failure(f"cannot use {of_a_file[2]}: {of_a_file[1]}", ELSEWHERE)
    return Failure(news[0], _advice(message), detail=_indented("\n".join(news[1:12])))


def failed(nodes: list[Any], caught: list[str], root: Path) -> Failure:
    """The Failure for nodes of a run that ended in errors: our own refusal in a line, else what each of them said, and
    what was caught in others.
    """
    blocks = []
    for node in nodes:
        path = f"{node.node.original_file_path}"
        blocks.append(f"{node.node.resource_type} {node.node.name} ({path})\n{_indented(_short(str(node.message)))}")
    messages = [str(node.message) for node in nodes]
    more = [text for text in dict.fromkeys(caught) if not any(text in message for message in messages)]
    blocks += [_indented(_short(text)) for text in more]
    told = " ".join([*messages, *more])
    refused = _refused(told)
    if refused:
        return refused
    detail = "\n".join(blocks) + f"\n{log_of(root)}"
    return Failure(f"dbt could not build {named(nodes)}", _advice(told), detail=detail)


def named(nodes: list[Any]) -> str:
    """The first of some nodes by name."""
    return ", ".join(node.node.name for node in nodes[:3]) + (", …" if len(nodes) > 3 else "")


def _short(message: str) -> str:
    return "\n".join(line for line in _plain(message).splitlines() if line.strip())


def _refused(message: str) -> Failure | None:
    """What our own macros refused, None when it is something else."""
    guarded = re.search(GUARDED, message)
    if guarded:
        breaches = [line.strip() for line in guarded[2].strip().splitlines()]
        names = sorted({breach.partition(":")[0] for breach in breaches})
        hint = ALLOW.format(names=" --allow ".join(names))
        return Failure(f"{guarded[1]}; nothing has been changed", hint, detail=_indented("\n".join(breaches)))
    unsettled = re.search(UNSETTLED, message)
    if unsettled:
        hint = "change dbt_project.yml, then run again: docs/operations.md, What a dbt project may set"
        return Failure(f"{unsettled[1]}; nothing has been changed", hint, detail=_indented(unsettled[2].strip()))
    misfitting = re.search(MISFITTING, message)
    if misfitting:
        hint = "segctl validate --warehouse names the lines of segments/catalog.yml"
        detail = _indented(misfitting[2].strip())
        return ColumnsMisfit(f"{misfitting[1]}; nothing has been changed", hint, detail=detail)
    refused = re.search(OUR_REFUSAL, message)
    if refused:
        return Failure(refused[0], _advice(message))
    if re.search(OVERTAKEN, message):
        told = "another program is changing these tables"
        return Failure(told, _advice(told), detail=_indented("\n".join(_short(message).splitlines()[:3])))
    return None


def log_of(root: Path) -> str:
    """Where the user finds all that dbt has to say."""
    return f"the whole story is in {root / 'logs' / 'dbt.log'}"


def _advice(message: str) -> str:
    for pattern, advice in ADVICE:
        if re.search(pattern, message):
            return advice
    return ""


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _indented(text: str) -> str:
    return "\n".join(f"  {line.strip()}" for line in text.splitlines())
