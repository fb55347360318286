"""Turns what dbt or an adapter says when something goes wrong into a Failure that a user can act on."""

import re
from errno import EACCES, EPERM, EROFS
from itertools import dropwhile
from pathlib import Path
from textwrap import dedent, indent
from traceback import clear_frames

from segctl.errors import Failure, InUse, did_you_mean
from segctl.process.waiting import ENDS, WAIT
from segctl.warehouse.refusals import refusal, without_codes

# What dbt puts before the error itself: its kind and place.
HEADLINE = r"\w+ Error( in .*)?|Encountered an error:|Credentials in profile .* invalid: \w+ Error"
RIGHTS = "the user of the profile lacks a right: docs/engines.md says which ones a run needs"
SCHEMAS = "is it the right target, and does the schema of the source exist there?"
# The error for the later of two concurrent writers on engines without waiting: Iceberg, Delta, BigQuery, Redshift.
OVERTAKEN = (
    r"Found conflicting files|Concurrent(Append|Delete\w+|Transaction|Write)Exception|DELTA_CONCURRENT_"
    r"|Could not serialize access to table|Serializable isolation violation"
)
# Errors of adapters if one of our tables is missing.
NOT_BUILT = (
    r"(?s)(customer_features|segment_(sizes|history|membership|runs|definitions))\b.{0,40}"
    r"(does not exist|cannot be found)"
    # DuckDB's error for opening a file read-only that does not exist yet.
    r"|in read-only mode: database does not exist"
)
# DuckDB's error if another program writes the file, or reads it while we want to write.
IN_USE = (
    r'Could not set lock on file "([^"]+)"(?:: Conflicting lock is held in (.+? \(PID \d+\)(?: by user [^.\s]+)?))?'
)
# What we say of a file that another program writes, when it was to be copied.
WRITTEN = "a run is on"
WRITTEN_ENDS = "try again when it has ended"
# Python's error about a file or folder, raised in dbt or an adapter.
OF_A_FILE = r"\[Errno \d+\] ([^:\n]+): '([^'\n]+)'"
ELSEWHERE = "DBT_TARGET_PATH and DBT_LOG_PATH can name other folders for dbt's files"
# A missing model that others refer to.
UNKNOWN_MODEL = r"depends on a node named '?([^'\s]+)'? which was not found"
# A target that the profile does not have, and its targets.
NO_TARGET = r"[Tt]he profile '([^']*)' does not have a target named '([^']*)'\..*are:\s*((?:\s*- \S+)*)"
# Errors, and what the user can do about them.
HINTS = (
    (r"No space left on device|No free space", "free some disk space, then run again: what has been recorded is kept"),
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
        "our tables need Iceberg or Delta on the server: docs/engines.md",
    ),
    (
        r"TSocket read 0 bytes|Connection reset by peer|Broken pipe|server closed the connection unexpectedly",
        "the server closed the connection: check that it is running, then run again; what has been recorded is kept",
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
    (r"no pg_hba\.conf entry", "the server refuses this user and database from here: ask its administrator"),
    (r"database \"[^\"]*\" does not exist", "check the database (dbname) of the profile"),
    (r"schema \"[^\"]*\" does not exist|SCHEMA_NOT_FOUND|Schema with name", SCHEMAS),
    (r"\.dbt' does not exist", "dbt finds no profiles.yml here or in ~/.dbt; name its folder with --profiles-dir"),
    (r"Could not find profile|profiles\.yml", "dbt debug shows how dbt reads the profile"),
    (UNKNOWN_MODEL, "does the model named in segments/catalog.yml exist?"),
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
    """No run has built anything on this target yet."""


class Absent(Failure):
    """Something could not be built or does not exist: `models` that failed, missing `columns` and missing `tables`."""

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
    """Models or tests that read the results failed after the run was published."""

    def __init__(self, names: str, failure: Failure) -> None:
        hint = failure.hint or "what it published is valid: fix what failed, then run again as of the same instant"
        detail = failure.detail or f"  {failure.message}"
        super().__init__(f"the run is published; failed after it: {names}", hint, detail=detail)
        self.names = names

    def as_of(self, instant: str) -> Failure:
        """The same with the run's instant as text for users."""
        message = f"the run as of {instant} is published; failed after it: {self.names}"
        return Failure(message, self.hint, detail=self.detail)


def failure_of(message: str, cause: BaseException) -> Failure:
    """The Failure for an exception of dbt. Raises the exception itself if its message is empty."""
    _free_frames(cause)
    # Comes first, because refusals may quote the database.
    known = stopped(message) or _no_target(message)
    if known:
        return known
    if WRITTEN in map(str.strip, message.splitlines()):
        return InUse(WRITTEN, WRITTEN_ENDS)
    if re.search(NOT_BUILT, message):
        return NothingBuilt("nothing has been built on this target yet", "segctl run builds it")
    lines = [line.strip() for line in plain(message).splitlines() if line.strip()]
    own_lines = list(dropwhile(lambda line: re.fullmatch(HEADLINE, line), lines))
    if not own_lines:
        raise cause
    of_a_file = re.fullmatch(OF_A_FILE, own_lines[0])
    if of_a_file and isinstance(cause, OSError) and cause.errno in (EACCES, EPERM, EROFS):
        return Failure(f"cannot use {of_a_file[2]}: {of_a_file[1]}", ELSEWHERE)
    unknown = re.search(UNKNOWN_MODEL, message)
    models = (unknown[1],) if unknown else ()
    return Absent(own_lines[0], hint_for(message), models=models, detail=_indented("\n".join(own_lines[1:12])))


def _free_frames(cause: BaseException | None) -> None:
    """Frees the objects held by the frames of an exception: a thread pool that lives until the end of the program
    prints a traceback of its own.
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
    """The Failure for an unknown target, None for any other message."""
    match = re.search(NO_TARGET, plain(message))
    if not match:
        return None
    profile, target, known = match[1], match[2], match[3].replace("- ", "").split()
    hint = did_you_mean(target, known, "targets")
    return Failure(f"the profile '{profile}' does not have a target named '{target}'", hint)


def log_of(root: Path) -> str:
    """The sentence about dbt's complete log."""
    return f"the full log is in {root / 'logs' / 'dbt.log'}"


def hint_for(message: str) -> str:
    """What the user can do about an error, empty if unknown."""
    for pattern, hint in HINTS:
        if re.search(pattern, message):
            return hint
    return ""


def plain(text: str) -> str:
    """The text without colours, and without the codes of our macros."""
    return without_codes(re.sub(r"\x1b\[[0-9;]*m", "", text))


def indented(text: str) -> str:
    """The non-empty lines of a text, indented, with their relative indentation kept."""
    return indent(dedent("\n".join(line.rstrip() for line in text.splitlines() if line.strip())), "  ")


def _indented(text: str) -> str:
    return "\n".join(f"  {line.strip()}" for line in text.splitlines())
