"""Remembers what was last sent to each destination, so that a removal carries the identifiers that were sent.

One row per destination, segment and member that was sent and not removed since. An erased member stays until the
removal is sent. Then the row is deleted.
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from segctl.errors import Failure
from segctl.project.project import Project, replace_file, writing
from segctl.project.reading import check_inside

# The folder for segctl's own state. `dbt clean` leaves it alone, and it ignores itself in git.
OWN = ".segctl"
FILE = "sent.sqlite"
# How long to wait for another program that writes to the file.
SECONDS = 60.0
# Keys per query.
AT_ONCE = 500
TABLES = """
create table if not exists exports (
    destination text not null, segment text not null, as_of text not null, primary key (destination, segment)
) without rowid;
create table if not exists sent (
    destination text not null, segment text not null, member text not null, identifiers text not null,
    digest text not null, is_erased integer not null default 0, primary key (destination, segment, member)
) without rowid;
create temp table pending (segment text not null, member text not null, identifiers text, digest text);
"""
READ = """
select segment, member, identifiers, digest, is_erased
from sent
where destination = ? and segment in ({segments})
order by segment, member
"""
REMEMBERED = (
    "delete from sent where destination = ?1 and (segment, member) in (select segment, member from pending)",
    "insert into sent (destination, segment, member, identifiers, digest)"
    " select ?1, segment, member, identifiers, digest from pending where identifiers is not null",
    "delete from pending",
)


@dataclass(frozen=True)
class Sent:
    """What was last sent about a member: the identifiers, and a digest of the other columns."""

    segment: str
    member: str
    identifiers: Mapping[str, str]
    digest: str
    is_erased: bool = False


class SentMembers:
    """What was sent to one destination."""

    def __init__(self, connection: sqlite3.Connection, destination: str) -> None:
        self.connection, self.destination = connection, destination

    def as_of(self) -> dict[str, datetime]:
        """The naive UTC instant of the run that each segment was last sent as of."""
        sql = "select segment, as_of from exports where destination = ?"
        return {name: datetime.fromisoformat(at) for name, at in self.connection.execute(sql, [self.destination])}

    def rows(self, segments: Sequence[str]) -> Iterator[Sent]:
        """What was sent, sorted by segment and member in code point order."""
        sql = READ.format(segments=", ".join("?" * len(segments)))
        for segment, member, identifiers, digest, is_erased in self.connection.execute(
            sql, [self.destination, *segments]
        ):
            yield Sent(segment, member, json.loads(identifiers), digest, bool(is_erased))

    def note(self, segment: str, member: str, sent: Sent | None) -> None:
        """Notes what is being sent about a member, None for a removal. `remember` makes it count."""
        sent_values = (json.dumps(dict(sent.identifiers), ensure_ascii=False), sent.digest) if sent else (None, None)
        self.connection.execute("insert into pending values (?, ?, ?, ?)", (segment, member, *sent_values))

    def remember(self, segments: Iterable[str], as_of: datetime) -> None:
        """Records all notes as sent in one step, as of a run's naive UTC instant. Raises Failure."""
        with _with_failures():
            self.connection.execute("begin immediate")
            for sql in REMEMBERED:
                self.connection.execute(sql, [self.destination] if "?1" in sql else [])
            sql = "insert or replace into exports values (?, ?, ?)"
            self.connection.executemany(sql, [(self.destination, name, as_of.isoformat()) for name in segments])
            self.connection.execute("commit")


@contextmanager
def sent_members(project: Project, destination: str) -> Iterator[SentMembers]:
    """What was sent to a destination. Raises Failure if the file cannot be read or written."""
    folder = project.root / OWN
    check_inside(folder, project.root)
    with writing():
        folder.mkdir(exist_ok=True)
        replace_file(folder / ".gitignore", "*\n")
        # The file has identifiers of people, so only its owner may read it.
        os.close(os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    with _with_failures(), closing(_opened(folder / FILE)) as connection:
        connection.executescript(TABLES)
        yield SentMembers(connection, destination)


def mark_erased(project: Project, members: Sequence[str], dry_run: bool) -> dict[str, int]:
    """Marks members as erased. Returns the number of removals waiting to be sent, by destination.

    Raises Failure if the file cannot be read or written.
    """
    path = project.root / OWN / FILE
    if not path.is_file():
        return {}
    waiting: dict[str, int] = {}
    with _with_failures(), closing(_opened(path, reads=dry_run)) as connection:
        if not dry_run:
            connection.execute("begin immediate")
        for first in range(0, len(members), AT_ONCE):
            batch = members[first : first + AT_ONCE]
            where = f"member in ({', '.join('?' * len(batch))})"
            counts = f"select destination, count(*) from sent where {where} group by destination"
            for destination, count in connection.execute(counts, batch):
                waiting[destination] = waiting.get(destination, 0) + count
            if not dry_run:
                connection.execute(f"update sent set is_erased = 1 where {where}", batch)
        if not dry_run:
            connection.execute("commit")
    return waiting


def _opened(path: Path, reads: bool = False) -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?mode={'ro' if reads else 'rwc'}"
    connection = sqlite3.connect(address, timeout=SECONDS, isolation_level=None, uri=True)
    # SQLite overwrites deleted rows.
    connection.execute("pragma secure_delete = on")
    return connection


@contextmanager
def _with_failures() -> Iterator[None]:
    """Turns errors of the file into Failures."""
    try:
        yield
    except sqlite3.Error as error:
        hint = "it holds what was last sent; docs/exports.md says how to begin again without it"
        raise Failure(f"cannot use {OWN}/{FILE}: {error}", hint, exit_code=1) from error
