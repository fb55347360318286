"""Writes members of segments to files, as of the last finished run or an earlier instant."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from segctl.errors import Failure
from segctl.features import Feature
from segctl.operations.exports.columns import Chosen, chosen_columns
from segctl.operations.exports.formats import Format
from segctl.operations.exports.identifiers import check_identifiers, identified
from segctl.operations.exports.manifest import Described, manifest_text, origin_of
from segctl.operations.exports.query import MembersRequest, counts_query, members_query
from segctl.operations.exports.request import Exported, ExportRequest
from segctl.operations.exports.segments import Subject, subjects
from segctl.operations.exports.values import READ, Kind, Row, of_driver
from segctl.operations.questions.query_context import query_context
from segctl.operations.segments.as_of import PointInTime, before_the_first, point_in_time
from segctl.personal_data.export_folders import EXPORTS, remember_exports
from segctl.personal_data.manifests import MANIFEST, sha256_of
from segctl.plan.plan import Plan, of_features
from segctl.process.streams import data_out
from segctl.project.project import Project, load, replace_file, replacing, writing
from segctl.warehouse import Stream, Warehouse

WarningListener = Callable[[str], None]


def export(
    project: Project, warehouse: Warehouse, request: ExportRequest, on_warning: WarningListener = lambda _: None
) -> Iterator[Exported]:
    """Writes one file per segment in one step each, reports each, and writes a requested manifest last.

    Warns if `segctl erase` will not know the folder because the project cannot be written, or cannot find people in the
    files. Raises ProblemsFound, or Failure for an unknown segment, column or instant, an unreadable warehouse or an
    unwritable file. Files already reported stay.
    """
    if request.destination or request.with_ineligible:
        option = "--destination" if request.destination else "--with-ineligible"
        raise Failure(f"{option} is for changes", "add --changes-since, or leave it out", exit_code=2)
    plan = load(project)
    form = request.written_as
    form.check()
    check_identifiers(request.hash, plan.catalog.customer.identifiers)
    chosen = subjects(plan, warehouse, request)
    _check_place(request, form, chosen)
    live = warehouse.loaded()
    point = point_in_time(live, request.as_of, plan.catalog.timezone)
    if point.run is None:
        raise Failure(before_the_first(point, plan.catalog.timezone), exit_code=2)
    if request.eligible_only and point.instant != point.last:
        hint = "leave --as-of out, or --eligible-only"
        raise Failure("who may be contacted is known only as of the last finished run", hint, exit_code=2)
    columns = {subject.entity: chosen_columns(plan, subject.entity, request, point) for subject in chosen}
    exporting = _Export(project, live, plan, request, point)
    exporting.check_sizes(chosen, form)
    if request.is_printed:
        exporting.print(chosen, columns)
        return
    exporting.remember(on_warning)
    for entity, chosen_of_entity in columns.items():
        if f"{entity}_id" not in [column.column.name for column in chosen_of_entity]:
            on_warning(f"without the column {entity}_id, segctl erase cannot find people in these files")
    yield from exporting.files(chosen, columns, form)


def _check_place(request: ExportRequest, form: Format, chosen: list[Subject]) -> None:
    """Raises Failure before reading if files could not be written."""
    if request.is_printed:
        if len(chosen) != 1:
            raise Failure(f"--to - writes one segment, not {len(chosen)}", "name one segment", exit_code=2)
        if request.manifest:
            raise Failure("printed rows have no manifest", "leave --manifest out, or --to -", exit_code=2)
    elif request.to and request.to.is_file() and not request.file:
        raise Failure(f"{request.to} is a file", "files of several segments need a folder", exit_code=2)
    if request.safe_cells and form.name != "csv":
        hint = "leave --safe-cells out: this format has no formulas in texts"
        raise Failure(f"--safe-cells is for CSV files, and this is {form.name}", hint, exit_code=2)


@dataclass(frozen=True)
class _Export:
    project: Project
    warehouse: Warehouse
    plan: Plan
    request: ExportRequest
    point: PointInTime

    @property
    def folder(self) -> Path:
        """The folder of the files."""
        if self.request.file:
            return self.request.file.parent
        return self.request.to or self.project.root / EXPORTS

    def remember(self, on_warning: WarningListener) -> None:
        """Remembers the folder for `segctl erase` before any person is written to it."""
        try:
            remember_exports(self.project, self.folder)
        except Failure as failure:
            if not self.request.to:
                raise
            on_warning(f"{failure.message}; segctl erase will not search {self.folder}")

    def check_sizes(self, chosen: list[Subject], form: Format) -> None:
        """Raises Failure if a segment has more members than the format allows rows."""
        if form.most is None:
            return
        for entity, of_entity in _by_entity(chosen):
            counts = self.warehouse.query(counts_query(self._members_request(entity, of_entity)))
            for row in counts:
                if row["size"] > form.most:
                    message = f"{row['segment']} has {row['size']:,} members, and {form.name} has {form.most:,} rows"
                    raise Failure(f"{message} at most", "--format csv or parquet has no limit", exit_code=2)

    def print(self, chosen: list[Subject], columns: dict[str, list[Chosen]]) -> None:
        """Prints one segment."""
        form = self.request.written_as
        with data_out() as out:
            if not form.is_text and out.isatty():
                raise Failure(f"{form.name} is not for a terminal", "--to vip." + form.name, exit_code=2)
            for _, rows, listed in self._rows(chosen, columns):
                form.write(out, [column.column for column in listed], rows, self.request.safe_cells)

    def files(self, chosen: list[Subject], columns: dict[str, list[Chosen]], form: Format) -> Iterator[Exported]:
        """Writes one file per segment, then the manifest. Deletes an old manifest first, since its files change."""
        described, manifest = [], None
        if self.request.manifest or (self.request.has_manifest and not self.request.file):
            manifest = self.folder / (f"{self.request.file.name}.{MANIFEST}" if self.request.file else MANIFEST)
            with writing():
                manifest.unlink(missing_ok=True)
        for subject, rows, listed in self._rows(chosen, columns):
            path = self.request.file or self.folder / self._name(subject, form)
            with writing(), replacing(path) as out:
                count = form.write(out, [each.column for each in listed], rows, self.request.safe_cells)
                sha256 = _sha256(out) if self.request.has_manifest else ""
            written = Exported(subject.name, self._shown(path), count, sha256)
            described.append(Described(written, [each.column.name for each in listed]))
            yield written
        if manifest:
            origin = origin_of(self.warehouse, self.point, [subject.name for subject in chosen])
            text = manifest_text(self.plan, self.request, self.point, origin, described)
            with writing():
                replace_file(manifest, text)
            yield Exported("", self._shown(manifest), 0, is_manifest=True)

    def _name(self, subject: Subject, form: Format) -> str:
        """The file name of a segment. Its day is in the catalog's time zone."""
        if not (self.request.as_of and self.request.has_manifest):
            return subject.name + form.suffix
        local = self.point.instant.replace(tzinfo=UTC).astimezone(ZoneInfo(self.plan.catalog.timezone))
        midnight = (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
        return f"{subject.name}.{local:%Y-%m-%d}{'' if midnight else f'T{local:%H%M%S}'}{form.suffix}"

    def _shown(self, path: Path) -> Path:
        """A path relative to the folder as named by the caller."""
        return path if self.request.to else Path(EXPORTS) / path.name

    def _rows(
        self, chosen: list[Subject], columns: dict[str, list[Chosen]]
    ) -> Iterator[tuple[Subject, Iterator[Row], list[Chosen]]]:
        """Each segment with its rows. Read them before the next segment."""
        for entity, of_entity in _by_entity(chosen):
            request, listed = self._members_request(entity, of_entity, columns[entity]), columns[entity]
            with ExitStack() as until_then:
                as_of = self.point.run if request.needed else None
                stream = until_then.enter_context(self.warehouse.stream(members_query(request, listed), as_of))
                for subject, rows in _split_by_subject(of_entity, stream):
                    yield subject, self._identified(rows, listed), listed

    def _identified(self, rows: Iterator[Row], listed: list[Chosen]) -> Iterator[Row]:
        """The rows with identifiers prepared for the platform, and values converted to their kinds."""
        read = [(place, column.column.kind) for place, column in enumerate(listed) if column.column.kind in READ]
        rows = map(partial(_read, places=read), rows) if read else rows
        if not self.request.hash:
            return rows
        country = self.plan.catalog.customer.identifiers.phone_country
        return identified(rows, [chosen.identifier for chosen in listed], self.request.hash, country)

    def _members_request(
        self, entity: str, subjects_of_entity: list[Subject], columns: list[Chosen] | None = None
    ) -> MembersRequest:
        features = [column.feature for column in columns or () if column.feature]
        request = MembersRequest(
            entity,
            [subject.name for subject in subjects_of_entity],
            self.point,
            once=bool(self.request.priority),
            eligible_only=self.request.eligible_only,
        )
        needed = needed_plan(self.project, self.warehouse, self.plan, features, request) if features else None
        return replace(request, needed=needed)


def needed_plan(
    project: Project, warehouse: Warehouse, plan: Plan, features: Sequence[Feature], request: MembersRequest
) -> Plan:
    """The feature plan as of the requested run. Reuses features of the last run."""
    run = request.point.run
    as_of = f"{run.isoformat()}Z" if run and run != request.point.last else ""
    context = query_context(project, warehouse, as_of, [plan])
    return of_features(plan, features, request.entity, context.stored_features)


def _by_entity(chosen: list[Subject]) -> Iterator[tuple[str, list[Subject]]]:
    for entity, of_entity in groupby(chosen, key=lambda subject: subject.entity):
        yield entity, list(of_entity)


def _split_by_subject(subjects_of_entity: list[Subject], stream: Stream) -> Iterator[tuple[Subject, Iterator[Row]]]:
    """The rows of each segment, including empty ones. Read each before the next."""
    grouped = groupby(stream.rows, key=lambda row: int(row[0]))
    place, rows = next(grouped, (-1, iter(())))
    for number, subject in enumerate(subjects_of_entity):
        if number != place:
            yield subject, iter(())
            continue
        yield subject, (tuple(row[1:]) for row in rows)
        place, rows = next(grouped, (-1, iter(())))


def _read(row: Row, places: Sequence[tuple[int, Kind]]) -> Row:
    if not any(isinstance(row[place], str) for place, _ in places):
        return row
    values = list(row)
    for place, kind in places:
        values[place] = of_driver(row[place], kind)
    return tuple(values)


def _sha256(out: BinaryIO) -> str:
    """The hash of a written file."""
    out.flush()
    out.seek(0)
    return sha256_of(out)
