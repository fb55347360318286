"""Turns what dbt or an adapter says when something goes wrong into a Failure that a user can act on."""

import re
from errno import EACCES, EPERM, EROFS
from itertools import dropwhile
from pathlib import Path
from textwrap import dedent, indent
from traceback import clear_frames

from segctl.errors import Failure, InUse, did_you_mean
from segctl.waiting import ENDS, WAIT
from segctl.warehouse.refusals import refusal, without_codes

# What dbt puts before what went wrong: the kind of error, and where it happened.
HEADLINE = r"\w+ Error( in .*)?|Encountered an error:|Credentials in profile .* invalid: \w+ Error"
RIGHTS = "the user of the profile lacks a right: docs/engines.md says which ones a run needs"
SCHEMAS = "is it the right target, and does the schema of the source exist there?"
# What engines that let nobody wait say to the later of two who change a table: Iceberg, Delta, BigQuery, Redshift.
OVERTAKEN = (
    r"Found conflicting files|Concurrent(Append|Delete\w+|Transaction|Write)Exception|DELTA_CONCURRENT_"
    r"|Could not serialize access to table|Serializable isolation violation"
)
# What adapters say of a missing table of ours.
NOT_BUILT = (
    r"(?s)(customer_features|segment_(sizes|history|membership|runs|definitions))\b.{0,40}"
    r"(does not exist|cannot be found)"
    # And what DuckDB says of a file that is not there yet, and is only to be read.
    r"|in read-only mode: database does not exist"
)
# What DuckDB says of a file that another program writes, or, to one that would write, reads.
IN_USE = (
    r'Could not set lock on file "([^"]+)"(?:: Conflicting lock is held in (.+? \(PID \d+\)(?: by user [^.\s]+)?))?'
)
# What we say of a file that another program writes, when it was to be copied.
WRITTEN = "a run is on"
WRITTEN_ENDS = "try again when it has ended"
# What Python says of a file or folder, in dbt or an adapter.
OF_A_FILE = r"\[Errno \d+\] ([^:\n]+): '([^'\n]+)'"
ELSEWHERE = "DBT_TARGET_PATH and DBT_LOG_PATH name other folders for what dbt writes"
# A model that others ask for.
UNKNOWN_MODEL = r"depends on a node named '?([^'\s]+)'? which was not found"
# A target that the profile has not, and those that it has.
NO_TARGET = r"[Tt]he profile '([^']*)' does not have a target named '([^']*)'\..*are:\s*((?:\s*- \S+)*)"
# What adapters say, and what the user can do about it.
HINTS = (
    (r"No space left on device|No free space", "make room on the disk, then run again: what has been recorded is kept"),
    (r"permission denied for|must be owner of|PERMISSION_DENIED", RIGHTS),
    (r"(?i)read-only|Permission denied", "may this account write the database?"),
    (
        r"not a valid DuckDB database file|Could not read enough bytes|Corrupt database|checksum",
        "the database file is damaged: put a backup in its place, then run again",
    ),
    (r"Path '?\S+'? does not exist", "--profiles-dir names the folder of profiles.yml"),
    (r"Env var required but not provided", "set the environment variable"),
    (r"Could not find adapter type", "install it with segctl: pip install 'segctl[postgres]', or 'segctl[spark]'"),
    (
        r"(?i)DATA_SOURCE_NOT_FOUND|MERGE INTO TABLE is not supported|does not support (MERGE|row-level)",
        "our tables need Iceberg or Delta, which the server must have: docs/engines.md",
    ),
    (
        r"TSocket read 0 bytes|Connection reset by peer|Broken pipe|server closed the connection unexpectedly",
        "the server has gone away in the middle: see that it runs, then run again; what has been recorded is kept",
    ),
    (
        r"Connection refused|could not translate host|timeout expired|Could not connect to any of",
        "is the server running, and reachable from here?",
    ),
    (
        r"password authentication failed|no password supplied|[Rr]ole \"[^\"]*\" (does not exist|is not permitted)"
        r"|[Ii]dent authentication failed|[Pp]eer authentication failed",
        "check the user and password of the profile",
    ),
    (r"no pg_hba\.conf entry", "the server lets nobody in from here with this user and database: ask who runs it"),
    (r"database \"[^\"]*\" does not exist", "check the database (dbname) of the profile"),
    (r"schema \"[^\"]*\" does not exist|SCHEMA_NOT_FOUND|Schema with name", SCHEMAS),
    (r"\.dbt' does not exist", "dbt finds no profiles.yml here or in ~/.dbt; name its folder with --profiles-dir"),
    (r"Could not find profile|profiles\.yml", "dbt debug tells what dbt makes of the profile"),
    (UNKNOWN_MODEL, "is the model named in segments/catalog.yml there?"),
    (
        r"could not find a macro with the name"
        r"|'dict object' has no attribute '\w+'\. This can happen when calling a macro",
        "are the package, the models and segctl of one version? docs/operations.md, Upgrades, says how to renew them",
    ),
    (r"'segctl' is undefined|package.* installed|dbt deps", "run dbt deps to install the dbt package"),
    (
        r"Could not convert|invalid input syntax|Referenced column|Column \S+ referenced|column .* does not exist",
        "compare segments/catalog.yml with the model's columns",
    ),
    (r"does not exist", "is the source loaded, and is it the right target?"),
)


class NothingBuilt(Failure):
    """There has been no run on this target."""


class Absent(Failure):
    """What could not be built, or is not there: models by name, and columns and tables that were asked for in vain."""

    def __init__(  # noqa: PLR0913
        self,
        message: str,
        hint: str,
        *,
        models: tuple[str, ...] = (),
        columns: tuple[str, ...] = (),
        tables: tuple[str, ...] = (),
        detail: str = "",
    ) -> None:
        super().__init__(message, hint, detail=detail)
        self.models, self.columns, self.tables = models, columns, tables


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


def failure_of(message: str, cause: BaseException) -> Failure:
    """The Failure for an exception of dbt's; the exception itself is raised when it says nothing."""
    _let_go(cause)
    # First, since it may quote what the database says.
    known = stopped(message) or _no_target(message)
    if known:
        return known
    if WRITTEN in map(str.strip, message.splitlines()):
        return InUse(WRITTEN, WRITTEN_ENDS)
    if re.search(NOT_BUILT, message):
        return NothingBuilt("nothing has been built on this target yet", "segctl run builds it")
    lines = [line.strip() for line in plain(message).splitlines() if line.strip()]
    news = list(dropwhile(lambda line: re.fullmatch(HEADLINE, line), lines))
    if not news:
        raise cause
    of_a_file = re.fullmatch(OF_A_FILE, news[0])
    if of_a_file and isinstance(cause, OSError) and cause.errno in (EACCES, EPERM, EROFS):
        return Failure(f"cannot use {of_a_file[2]}: {of_a_file[1]}", ELSEWHERE)
    unknown = re.search(UNKNOWN_MODEL, message)
    models = (unknown[1],) if unknown else ()
    return Absent(news[0], hint_for(message), models=models, detail=_indented("\n".join(news[1:12])))


def _let_go(cause: BaseException | None) -> None:
    """Frees what the frames of an exception hold: a pool of threads that lives until the end is taken down with a
    traceback of its own.
    """
    while cause:
        clear_frames(cause.__traceback__)
        cause = cause.__cause__ or cause.__context__


def stopped(message: str) -> Failure | None:
    """The Failure when our own macros have stopped, or another program uses the tables; None otherwise."""
    return refusal(message) or _in_use(message)


def _in_use(message: str) -> Failure | None:
    """That another program uses the tables or their file; None when it is something else."""
    of_file = re.search(IN_USE, message)
    if of_file:
        return InUse(f"{of_file[1]} is open in {of_file[2] or 'another program'}", f"close it there, or {WAIT}")
    if re.search(OVERTAKEN, message):
        detail = _indented("\n".join(plain(message).strip().splitlines()[:3]))
        return Failure("another program is changing these tables", ENDS, detail=detail)
    return None


def _no_target(message: str) -> Failure | None:
    """Which targets there are, when another was asked for."""
    found = re.search(NO_TARGET, plain(message))
    if not found:
        return None
    profile, target, known = found[1], found[2], found[3].replace("- ", "").split()
    hint = did_you_mean(target, known, "targets")
    return Failure(f"the profile '{profile}' does not have a target named '{target}'", hint)


def log_of(root: Path) -> str:
    """Where the user finds all that dbt has to say."""
    return f"the whole story is in {root / 'logs' / 'dbt.log'}"


def hint_for(message: str) -> str:
    """What the user can do about what was said; empty when nobody knows."""
    for pattern, hint in HINTS:
        if re.search(pattern, message):
            return hint
    return ""


def plain(text: str) -> str:
    """The text without colours, and without the codes of our macros."""
    return without_codes(re.sub(r"\x1b\[[0-9;]*m", "", text))


def indented(text: str) -> str:
    """The lines of a text that say anything, set in as they stand to each other."""
    return indent(dedent("\n".join(line.rstrip() for line in text.splitlines() if line.strip())), "  ")


def _indented(text: str) -> str:
    return "\n".join(f"  {line.strip()}" for line in text.splitlines())
