"""The command new: writes a definition from prompts."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import click

from segctl.cli.new.prompts import ask, choose
from segctl.cli.process import stop_requested
from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of
from segctl.errors import Failure, ProblemsFound, quoted

if TYPE_CHECKING:
    from segctl.operations.definitions.new import NewSegment
    from segctl.plan.plan import Plan
    from segctl.project.project import Project
    from segctl.warehouse import Warehouse

CONTINUATIONS = {"no": "", "and": "", "or": "", "undo": ""}


@segctl.command(
    epilog=example(
        "segctl new",
        "segctl new --name vip --file loyalty --rule '{metric: lifetime_value, gt: 500}'",
    )
)
@click.option("--name", default="", help="The segment's name: lower case, with underscores.")
@click.option("--label", help="The name that people read.")
@click.option("--description", default="", help="A longer description.")
@click.option("--owner", help="Who is responsible for it.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag; repeatable.")
@click.option("--file", "file", metavar="FILE", help="The file in segments/ to write to. Default: the segment's name.")
@click.option("--rule", metavar="RULE", help="The rule as YAML. Asks nothing.")
@click.option("--no-size", is_flag=True, help="Do not query the warehouse for sizes.")
@JSON
@click.pass_context
@reports_problems
def new(  # noqa: PLR0913, PLR0917
    context: click.Context,
    name: str,
    label: str | None,
    description: str,
    owner: str | None,
    tags: tuple[str, ...],
    file: str | None,
    rule: str | None,
    no_size: bool,
    as_json: bool,
) -> None:
    """Write a definition without writing YAML: asks for each condition, with choices from the catalog.

    After each condition, shows the rule as a sentence and how many customers match. Writes nothing before the last
    question, so Ctrl-C leaves everything as it was. An answer may be an unambiguous prefix.
    """
    from segctl.operations.definitions.new import NewSegment, name_problem, place_of, read_rule, sentences_of, write
    from segctl.output import dumped
    from segctl.project.project import load

    if as_json and rule is None:
        raise click.UsageError("--json needs --rule: prompts are for people")
    project = project_of(context)
    plan = load(project)
    if name and name_problem(plan, name):
        raise Failure(name_problem(plan, name), exit_code=2)
    path = place_of(project, file) if file is not None else ""
    if rule is not None:
        if not name:
            raise click.UsageError("--rule needs --name")
        draft = NewSegment(read_rule(rule), name, label or "", description, owner or "", tags)
        sentences = sentences_of(project, draft)
        path = path or place_of(project, name)
    else:
        answered = NewSegment({}, name, label or "", description, owner or "", tags)
        given = (label is not None, owner is not None)
        try:
            asker = _Asker(project, plan, None if no_size else warehouse_of(context, project))
            draft, path = asker.all(answered, given, path)
        except (click.Abort, KeyboardInterrupt):
            _nothing_written()
        sentences = ""
    write(project, draft, path)
    if as_json:
        print(dumped({"segment": draft.name, "file": path, "says": sentences, "definition": "\n".join(draft.lines)}))
        return
    print(*([sentences] if sentences else []), f"wrote {draft.name} to {path}", sep="\n")
    print("Next: segctl render, then segctl run")


def _nothing_written() -> NoReturn:
    """Ends without changing a file, on Ctrl-C or at the end of input."""
    click.echo()
    if stop_requested():
        print("segctl: interrupted; nothing has been written", file=sys.stderr)
        sys.exit(3)
    raise Failure("the input ended before the last question; nothing has been written", exit_code=2)


class _Asker:
    """Asks all questions. Stops asking the warehouse for sizes after its first failure."""

    def __init__(self, project: "Project", plan: "Plan", warehouse: "Warehouse | None") -> None:
        self.project, self.plan, self.warehouse = project, plan, warehouse

    def all(self, answered: "NewSegment", given: tuple[bool, bool], path: str) -> "tuple[NewSegment, str]":
        """Asks for the whole definition and its file. `given` says whether label and owner came as options."""
        from segctl.operations.definitions.new import files_of, place_of

        draft = replace(answered, rule=self.rule())
        if not draft.name:
            draft = replace(draft, name=ask("Name (for example big_spenders)", self._name))
        if not given[0]:
            draft = replace(draft, label=ask("Label (the name that people read; may be empty)", default=""))
        if not given[1]:
            draft = replace(draft, owner=ask("Owner (may be empty)", default=""))
        if not path:
            files = ", ".join(files_of(self.project, self.plan))
            click.echo(f"  {files}")
            path = ask("File (one of these, or a new one)", self._file, default=f"{draft.name}.yml")
            path = place_of(self.project, path)
        click.echo("\n" + "\n".join(draft.lines) + "\n")
        if not click.confirm(f"Write this to {path}?", default=True):
            raise Failure("nothing has been written", exit_code=1)
        return draft, path

    def _name(self, text: str) -> str:
        from segctl.operations.definitions.new import name_problem

        problem = name_problem(self.plan, text)
        if problem:
            raise ValueError(problem)
        return text

    def _file(self, text: str) -> str:
        from segctl.operations.definitions.new import files_of, place_of

        path = place_of(self.project, text)
        if (self.project.root / path).exists() and path.partition("/")[2] not in files_of(self.project, self.plan):
            raise Failure(f"{path} is not about customers", "choose another", exit_code=2)
        return path

    def rule(self) -> dict[str, object]:
        """Asks for the rule, one condition after another, and shows sentence and size after each."""
        from segctl.cli.new.conditions import ask_condition

        steps: list[dict[str, object]] = []
        while True:
            kind = "first" if not steps else choose("Another condition", CONTINUATIONS, "answer", default="no")
            if kind == "no":
                return steps[-1]
            if kind == "undo":
                steps.pop()
                if steps:
                    self._show(steps[-1])
                continue
            rule = ask_condition(self.plan)
            extended = rule if not steps else _joined(steps[-1], "all" if kind == "and" else "any", rule)
            if self._show(extended):
                steps.append(extended)

    def _show(self, rule: dict[str, object]) -> bool:
        """Shows the rule and its size. Returns whether the rule is valid."""
        from segctl.operations.definitions.new import NewSegment, sentences_of

        try:
            click.echo(f"\n{sentences_of(self.project, NewSegment(rule))}")
        except ProblemsFound as error:
            for problem in error.problems:
                click.echo(f"  {problem.message}{f' ({problem.hint})' if problem.hint else ''}")
            click.echo("This condition is left out.")
            return False
        self._size(NewSegment(rule))
        return True

    def _size(self, draft: "NewSegment") -> None:
        from segctl.operations.definitions.new import size
        from segctl.speech import amount_of

        if self.warehouse is None:
            return
        try:
            self.warehouse = self.warehouse.loaded()
            preview = size(self.project, self.warehouse, draft)
        except (Failure, ProblemsFound) as failure:
            message = failure.message if isinstance(failure, Failure) else "the catalog does not fit the warehouse"
            click.echo(f"No sizes: {quoted(message)}\n")
            self.warehouse = None
            return
        worth = f", who bring {amount_of(preview.member_revenue, preview.currency)}" if preview.revenue else ""
        click.echo(f"{preview.size:,} of {preview.customers:,} customers{worth}\n")


def _joined(rule: dict[str, object], kind: str, condition: dict[str, object]) -> dict[str, object]:
    """Joins two rules by all or any. Flattens rules that are joined the same way."""
    parts = rule.get(kind)
    return {kind: [*parts, condition]} if isinstance(parts, list) else {kind: [rule, condition]}
