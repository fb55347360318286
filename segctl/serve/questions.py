"""Answers of the project and its warehouse to a server's questions, as data for a browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from segctl.operations.definitions.branches import write_to_branch
from segctl.operations.definitions.new import NewSegment, name_problem, place_of, sentences_of, whole_file
from segctl.operations.exports.bi_file import database_of
from segctl.operations.people.who import who
from segctl.operations.questions.preview import preview
from segctl.operations.questions.preview_request import PreviewRequest
from segctl.operations.questions.why import Question, why
from segctl.operations.report.contents import Report
from segctl.operations.report.reading import ReportRequest, read_report
from segctl.project.project import Project, load
from segctl.serve.answers import person_as_data, preview_as_data, reason_as_data
from segctl.serve.form import FormFault, definition_of
from segctl.serve.vocabulary import vocabulary
from segctl.serve.worker import Opening
from segctl.warehouse import Warehouse
from segctl.warehouse.copies import Copies, stamp_of

Data = dict[str, object]
RUNS = "select max(run_id) as run_id from {{ ref('segment_runs') }}"
DRAFT = "the new segment"


class Desk:
    """Answers questions by name. Reads copies of a DuckDB database, and copies again when the files have changed."""

    def __init__(self, opening: Opening) -> None:
        self.opening, self.project = opening, Project(opening.root)
        self.copies = Copies(opening.copies)
        self._loaded: Warehouse | None = None
        self.answers: dict[str, Callable[..., object]] = {
            "stamp": self.stamp,
            "report": self.report,
            "vocabulary": lambda: vocabulary(load(self.project)),
            "customer": self.customer,
            "why": self.why,
            "definition": self.definition,
            "preview": self.preview,
            "branch": self.branch,
        }

    def answer(self, question: str, details: dict[str, Any]) -> object:
        """The answer. Raises Failure, ProblemsFound, FormFault or OSError."""
        return self.answers[question](**details)

    def _warehouse(self) -> Warehouse:
        """The warehouse as the last run left it, with dbt's project parsed once for each state of the files."""
        if self.copies.renew() or self._loaded is None:
            opening = self.opening
            warehouse = Warehouse(opening.root, opening.target, opening.profiles, copies=self.copies)
            self._loaded = warehouse.loaded()
        return self._loaded

    def _bi_file(self) -> Path | None:
        """The database that reports are read from, where there is one."""
        path = database_of(self.project, self.opening.bi_file)
        return path if path and path.exists() else None

    def stamp(self) -> object:
        """What changes when there is a new run: the state of the files that are read, or the last run of a server."""
        path = self._bi_file()
        if path:
            return stamp_of(path)
        loaded = self._warehouse()
        if self.copies.taken:
            return self.copies.stamp
        return str(loaded.query(RUNS)[0]["run_id"])

    def report(self) -> tuple[object, Report]:
        """A report, and the stamp of the files that it was read from."""
        request = ReportRequest(self.opening.min_group, self.opening.with_members)
        path, stamp = self._bi_file(), self.stamp()
        if path:
            return stamp, read_report(self.project, path, request)
        loaded = self._warehouse()
        return stamp, read_report(self.project, loaded, request)

    def customer(self, key: str, entity: str) -> Data:
        """The segments that a member is and was in."""
        loaded = self._warehouse()
        return person_as_data(who(self.project, loaded, key, entity, everything=False))

    def why(self, key: str, segment: str) -> Data:
        """Why a member is in a segment or not."""
        loaded = self._warehouse()
        return reason_as_data(why(self.project, loaded, Question(key, segment)))

    def definition(self, form: object) -> Data:
        """A form's definition in English and as YAML. Does not use the warehouse."""
        new = self._new(form)
        return {"says": sentences_of(self.project, new), "yaml": whole_file(self.project, new)}

    def preview(self, form: object) -> Data:
        """What a form comes to."""
        new = self._new(form)
        request = PreviewRequest(DRAFT, members=0, content=whole_file(self.project, new).encode())
        loaded = self._warehouse()
        previewed = preview(self.project, loaded, request)[0]
        return preview_as_data(previewed, 0 if self.opening.with_members else self.opening.min_group)

    def branch(self, form: object, file: str, branch: str) -> Data:
        """Commits what a form says to a new branch."""
        new = self._new(form, is_named=True)
        path = place_of(self.project, file or new.name)
        committed = write_to_branch(self.project, new, path, branch or f"segment/{new.name}")
        return {"branch": committed.branch, "commit": committed.commit, "files": list(committed.files)}

    def _new(self, form: object, is_named: bool = False) -> NewSegment:
        plan = load(self.project)
        new = definition_of(plan, form)
        problem = name_problem(plan, new.name) if new.name or is_named else ""
        if problem:
            raise FormFault({"name": problem})
        return new
