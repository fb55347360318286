"""Prepares a dbt project: the dbt package, a proposed catalog, and first segments that run."""

import os
from contextlib import suppress
from dataclasses import dataclass, replace

from segctl.errors import Failure, InUse, ProblemsFound, Report, described
from segctl.operations.proposal import (
    ProposedCatalog,
    catalog_text,
    midnights_found,
    midnights_query,
    propose,
    references,
    relations,
    starter_text,
)
from segctl.operations.proposal import notes as notes_on
from segctl.operations.setup.package import Install, install, missing
from segctl.operations.setup.reviews import ATTRIBUTES, unfolded
from segctl.operations.setup.sqlfluff import IGNORED, unignored
from segctl.parse import parse_catalog
from segctl.project.project import (
    CATALOG,
    SEGMENTS,
    Project,
    definition_files,
    planned,
    replace_file,
    settings,
    sources,
    writing,
)
from segctl.warehouse import Warehouse

CATALOG_PATH = f"{SEGMENTS}/{CATALOG}"
STARTER_PATH = f"{SEGMENTS}/starter.yml"


@dataclass(frozen=True)
class Proposal:
    """The files written (or to be written), the files left alone and why, notes, and next steps."""

    written: list[str]
    left: list[tuple[str, str]]
    notes: list[str]
    steps: list[str]


def initialise(project: Project, warehouse: Warehouse, dry_run: bool, customers: str = "", key: str = "") -> Proposal:
    """Proposes what is missing, checks it, and writes it unless this is a dry run. Overwrites nothing.

    `customers` names the customer model and `key` its key column. If empty, names, tests and columns decide. Installs
    packages if packages.yml is ours. Runs dbt only to propose a catalog or install a package. Raises Failure, or
    ProblemsFound for problems in an existing catalog, and then writes nothing.
    """
    harmful = settings(project).problems
    if harmful:
        raise ProblemsFound(harmful)
    package = install(project)
    texts: dict[str, str] = {}
    left: list[tuple[str, str]] = []
    notes: list[str] = []
    if os.path.lexists(project.root / CATALOG_PATH):
        left.append((CATALOG_PATH, "it exists"))
        notes += [f"--customers and --key are for a new catalog; {CATALOG_PATH} exists"] if customers or key else []
    else:
        proposed, open_questions = _proposed(warehouse, customers, key)
        texts[CATALOG_PATH] = catalog_text(proposed)
        notes += notes_on(proposed) + open_questions
    definitions = _definitions(project)
    if definitions:
        left.append((STARTER_PATH, "it exists" if STARTER_PATH in definitions else f"{definitions[0]} exists"))
    else:
        starter = _starter(texts.get(CATALOG_PATH, ""), project)
        if starter:
            texts[STARTER_PATH] = starter
    _check(texts)
    notes += _with_ignore_rules(project, texts)
    if not dry_run:
        _write(project, package, texts)
        if package.packages:
            # dbt refuses to compile a project with a missing package.
            with suppress(Failure):
                warehouse.install_packages()
    notes += package.notes
    absent = missing(project) is not None and not (dry_run and package.packages)
    steps = _steps(CATALOG_PATH in texts, package, absent, dry_run and bool(texts or package.written))
    return Proposal([*texts, *package.written], left + package.left, notes, steps)


def _with_ignore_rules(project: Project, texts: dict[str, str]) -> list[str]:
    """Adds ignore rules for sqlfluff and reviews, or says what to add to existing files."""
    notes = []
    additions = {
        IGNORED: (unignored(project), "your rules are not for generated files"),
        ATTRIBUTES: (unfolded(project), "reviews need not unfold these generated files"),
    }
    for path, (lines, reason) in additions.items():
        if lines and os.path.lexists(project.root / path):
            notes.append("\n".join([f"\nAdd to {path}, since {reason}:", "", *lines]))
        elif lines:
            texts[path] = "".join(f"{line}\n" for line in lines)
    return notes


def _proposed(warehouse: Warehouse, customers: str, key: str) -> tuple[ProposedCatalog, list[str]]:
    """The catalog, and the open questions about it."""
    loaded = warehouse.loaded()
    manifest = loaded.manifest()
    needed_references = list(references(manifest).values())
    columns = loaded.columns(needed_references) if needed_references else {}
    proposed = propose(relations(manifest, columns), customers, key)
    if not proposed.instants:
        return proposed, []
    try:
        rows = loaded.query(midnights_query(proposed.instants))
    except InUse:
        raise
    except Failure as failure:
        # A broken view must not stop the proposal.
        return proposed, [f"Could not check whether timestamps are always midnight: {failure.message}"]
    return replace(proposed, midnights=midnights_found(proposed.instants, rows)), []


def _definitions(project: Project) -> list[str]:
    return [f"{SEGMENTS}/{path.name}" for path in definition_files(project) if path.name != CATALOG]


def _starter(text: str, project: Project) -> str:
    """Segments for the proposed or the existing catalog."""
    report = Report()
    content = text.encode() if text else sources(project)[CATALOG_PATH]
    catalog = parse_catalog(CATALOG_PATH, content, report)
    if report.problems or catalog is None:
        raise (
            _invalid_proposal({CATALOG_PATH: text}, ProblemsFound(report.problems))
            if text
            else ProblemsFound(report.problems)
        )
    return starter_text(catalog)


def _check(texts: dict[str, str]) -> None:
    """Checks a proposal like any definition. Does not check the user's own catalog."""
    if CATALOG_PATH in texts:
        try:
            planned({path: text.encode() for path, text in texts.items()})
        except ProblemsFound as error:
            raise _invalid_proposal(texts, error) from error


def _invalid_proposal(texts: dict[str, str], problems: ProblemsFound) -> Failure:
    detail = "\n".join(described(problem, texts) for problem in problems.problems)
    hint = "nothing was written; the names above come from your models, please report it with them"
    return Failure("the catalog that segctl would propose does not pass its own checks", hint, detail=detail)


def _write(project: Project, package: Install, texts: dict[str, str]) -> None:
    with writing():
        for path, text in texts.items():
            replace_file(project.root / path, text)
        package.write(project)


def _steps(new: bool, package: Install, absent: bool, unwritten: bool) -> list[str]:
    """The next steps, in order."""
    steps = ["segctl init           # without --dry-run, to write these files"] if unwritten else []
    steps += [f"add the lines above to {package.where}"] if package.notes else []
    steps += ["dbt deps              # installs the dbt package from segctl_package/"] if absent else []
    if new:
        steps.append(f"check {CATALOG_PATH}: is it the right model, the right key? Set the time zone")
    steps.append("segctl render         # writes models/segments/, to be committed")
    steps.append("segctl replay --from DAY --every 1d   # the history so far; or segctl run, and it begins now")
    return steps
