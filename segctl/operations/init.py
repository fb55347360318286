"""Preparing a dbt project: the dbt package, a catalog proposed from its models, and first segments that run."""

import os
from contextlib import suppress
from dataclasses import dataclass, replace

from segctl.errors import Failure, InUse, ProblemsFound, Report, described
from segctl.operations.package import Install, install, missing
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
from segctl.operations.reviews import ATTRIBUTES, unfolded
from segctl.operations.sqlfluff import IGNORED, unignored
from segctl.parse import parse_catalog
from segctl.project import (
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
    """What was (or would be) written, what was left alone and why, what to know, and what to do next."""

    written: list[str]
    left: list[tuple[str, str]]
    notes: list[str]
    steps: list[str]


def initialise(project: Project, warehouse: Warehouse, dry_run: bool, customers: str = "", key: str = "") -> Proposal:
    """Proposes whatever is missing, checks it, and writes it unless this is a dry run. Overwrites nothing.

    `customers` names the model that holds them, `key` the column that tells them apart; empty to choose by names, tests
    and columns. Where the file that names packages is ours, they are installed. dbt is asked only when there is a
    catalog to propose or a package to install. Raises Failure, or ProblemsFound for a catalog that is there and has
    some; nothing is written then.
    """
    harmful = settings(project).problems
    if harmful:
        raise ProblemsFound(harmful)
    package = install(project)
    texts: dict[str, str] = {}
    left: list[tuple[str, str]] = []
    notes: list[str] = []
    if os.path.lexists(project.root / CATALOG_PATH):
        left.append((CATALOG_PATH, "it is there"))
        notes += [f"--customers and --key are for a new catalog; {CATALOG_PATH} is there"] if customers or key else []
    else:
        proposed, doubts = _proposed(warehouse, customers, key)
        texts[CATALOG_PATH] = catalog_text(proposed)
        notes += notes_on(proposed) + doubts
    definitions = _definitions(project)
    if definitions:
        left.append((STARTER_PATH, "it is there" if STARTER_PATH in definitions else f"{definitions[0]} is there"))
    else:
        starter = _starter(texts.get(CATALOG_PATH, ""), project)
        if starter:
            texts[STARTER_PATH] = starter
    _check(texts)
    notes += _beside(project, texts)
    if not dry_run:
        _write(project, package, texts)
        if package.packages:
            # dbt compiles nothing of a project that names a package which is not there.
            with suppress(Failure):
                warehouse.install_packages()
    notes += package.notes
    absent = missing(project) is not None and not (dry_run and package.packages)
    steps = _steps(CATALOG_PATH in texts, package, absent, dry_run and bool(texts or package.told))
    return Proposal([*texts, *package.told], left + package.left, notes, steps)


def _beside(project: Project, texts: dict[str, str]) -> list[str]:
    """Adds to the texts what sqlfluff and reviews are to pass over, or tells what to add to files that are there."""
    notes = []
    wanted = {
        IGNORED: (unignored(project), "your rules are not for generated files"),
        ATTRIBUTES: (unfolded(project), "reviews need not unfold these generated files"),
    }
    for path, (lines, reason) in wanted.items():
        if lines and os.path.lexists(project.root / path):
            notes.append("\n".join([f"\nAdd to {path}, since {reason}:", "", *lines]))
        elif lines:
            texts[path] = "".join(f"{line}\n" for line in lines)
    return notes


def _proposed(warehouse: Warehouse, customers: str, key: str) -> tuple[ProposedCatalog, list[str]]:
    """The catalog, and what could not be found out about it."""
    asked = warehouse.loaded()
    manifest = asked.manifest()
    wanted = list(references(manifest).values())
    columns = asked.columns(wanted) if wanted else {}
    proposed = propose(relations(manifest, columns), customers, key)
    if not proposed.instants:
        return proposed, []
    try:
        rows = asked.query(midnights_query(proposed.instants))
    except InUse:
        raise
    except Failure as failure:
        # A view that cannot be read is no reason to propose nothing.
        return proposed, [f"Whether timestamps are always midnight is not known: {failure.message}"]
    return replace(proposed, midnights=midnights_found(proposed.instants, rows)), []


def _definitions(project: Project) -> list[str]:
    return [f"{SEGMENTS}/{path.name}" for path in definition_files(project) if path.name != CATALOG]


def _starter(text: str, project: Project) -> str:
    """Segments on the proposed catalog, or on the one that is there."""
    report = Report()
    content = text.encode() if text else sources(project)[CATALOG_PATH]
    catalog = parse_catalog(CATALOG_PATH, content, report)
    if report.problems or catalog is None:
        raise _unsound({CATALOG_PATH: text}, ProblemsFound(report.problems)) if text else ProblemsFound(report.problems)
    return starter_text(catalog)


def _check(texts: dict[str, str]) -> None:
    """Puts a proposal to the test of every definition. A catalog of the user's is not ours to check here."""
    if CATALOG_PATH in texts:
        try:
            planned({path: text.encode() for path, text in texts.items()})
        except ProblemsFound as found:
            raise _unsound(texts, found) from found


def _unsound(texts: dict[str, str], found: ProblemsFound) -> Failure:
    detail = "\n".join(described(problem, texts) for problem in found.problems)
    hint = "nothing was written; the names above come from your models, please report it with them"
    return Failure("the catalog that segctl would propose does not pass its own checks", hint, detail=detail)


def _write(project: Project, package: Install, texts: dict[str, str]) -> None:
    with writing():
        for path, text in texts.items():
            replace_file(project.root / path, text)
        package.write(project)


def _steps(new: bool, package: Install, absent: bool, unwritten: bool) -> list[str]:
    """What is left to do, in order."""
    steps = ["segctl init           # without --dry-run, to write these files"] if unwritten else []
    steps += [f"add the lines above to {package.where}"] if package.notes else []
    steps += ["dbt deps              # installs the dbt package from segctl_package/"] if absent else []
    if new:
        steps.append(f"look at {CATALOG_PATH}: is it the right model, the right key? Set the time zone")
    steps.append("segctl render         # writes models/segments/, to be committed")
    steps.append("segctl replay --from DAY --every 1d   # the history so far; or segctl run, and it begins now")
    return steps
