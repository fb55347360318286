"""A definition on a new branch of git: one commit on top of HEAD. Working tree, index and HEAD stay as they are."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from segctl.errors import Failure, quoted
from segctl.operations.definitions.appending import appended, new_file
from segctl.operations.definitions.new import New, check_is_of_customers, name_problem
from segctl.plan.plan import Plan
from segctl.project.project import SEGMENTS, Project, planned
from segctl.project.versions import version
from segctl.render import FOLDER, HEADER, render

HEAD = "HEAD"
BRANCHES = "refs/heads/"
# Characters of git's message that a problem shows.
LONGEST_TOLD = 300
SCHEMA = f"{SEGMENTS}/.schema/definitions.json"


@dataclass(frozen=True)
class Committed:
    """A branch, its commit, and the files of the commit with paths from the project, the definition first."""

    branch: str
    commit: str
    files: tuple[str, ...]


def write_to_branch(project: Project, new: New, path: str, branch: str) -> Committed:
    """Commits the definition, at the end of a file of HEAD or in a new one, to a branch that is not there yet.

    Models that HEAD has as rendered are committed as they are rendered with it. Raises ProblemsFound or Failure; then
    there is no such branch.
    """
    git = _Git(project)
    head = git.commit()
    ref = git.free(branch)
    contents = version(project, HEAD).contents
    before = planned(dict(contents))
    problem = name_problem(before, new.name)
    if problem:
        raise Failure(problem, exit_code=2)
    text = _text(git, new, path, contents.get(path))
    after = planned({**contents, path: text.encode()})
    changes: dict[str, str | None] = {path: text, **_models(git, before, after)}
    return Committed(branch, git.commit_to(ref, head, changes, f"Segment {new.name}"), tuple(changes))


def _text(git: "_Git", new: New, path: str, present: bytes | None) -> str:
    if present is None:
        return new_file(new.lines, git.has(SCHEMA))
    check_is_of_customers(path, present)
    return appended(path, present.decode("utf-8"), new.definition, new.lines)


def _models(git: "_Git", before: Plan, after: Plan) -> dict[str, str | None]:
    """The rendered files that the definition changes, by path, where the project commits them; None for what goes."""
    was, now = render(before), render(after)
    changed = [path for path in sorted(was.keys() | now.keys()) if was.get(path) != now.get(path)]
    if not git.has_in(FOLDER, HEADER):
        return {}
    return {path: now.get(path) for path in changed if path in now or git.has(path)}


class _Git:
    """Git in a project's folder, which need not be that of the repository. What it refuses is a Failure."""

    def __init__(self, project: Project) -> None:
        self.root = project.root
        self.prefix = self._told(("rev-parse", "--show-prefix"), "the project is in no git repository")

    def commit(self) -> str:
        return self._told(("rev-parse", "--verify", f"{HEAD}^{{commit}}"), "the repository has no commit yet")

    def free(self, branch: str) -> str:
        """The ref of a branch that is not there. Raises Failure for one that is, and for what can be none."""
        ref = f"{BRANCHES}{branch}"
        if branch.startswith("-") or self._run("check-ref-format", ref).returncode:
            hint = "for example segment/big_spenders"
            raise Failure(f'"{quoted(branch)}" can be no name of a branch', hint, exit_code=2)
        if self._run("rev-parse", "--verify", "--quiet", ref).returncode == 0:
            raise Failure(f"there is a branch {quoted(branch)} already", "name another", exit_code=2)
        return ref

    def has(self, path: str) -> bool:
        return self._run("cat-file", "-e", f"{HEAD}:./{path}").returncode == 0

    def has_in(self, folder: str, text: str) -> bool:
        """Whether a file with a text stands in a folder of HEAD."""
        return self._run("grep", "--quiet", "--fixed-strings", "-e", text, HEAD, "--", folder).returncode == 0

    def commit_to(self, ref: str, parent: str, changes: Mapping[str, str | None], message: str) -> str:
        """Makes the ref at a commit that changes files, which are None where they go; in an index of its own."""
        with TemporaryDirectory(prefix="segctl_index_") as folder:
            index = str(Path(folder) / "index")
            self._told(("read-tree", parent), index=index)
            entries = "".join(self._entry(path, text) for path, text in changes.items())
            self._told(("update-index", "-z", "--index-info"), text=entries, index=index)
            tree = self._told(("write-tree",), index=index)
        commit = self._told(("commit-tree", tree, "-p", parent, "-m", message), "git does not commit")
        self._told(("update-ref", "-m", message, ref, commit, "0" * len(commit)), "git does not make the branch")
        return commit

    def _entry(self, path: str, text: str | None) -> str:
        """The line of `git update-index` for a file, with its path from the top of the repository."""
        absent = f"0 {'0' * 40}\t{self.prefix}{path}\0"
        if text is None:
            return absent
        return f"100644 {self._told(('hash-object', '-w', '--stdin'), text=text)}\t{self.prefix}{path}\0"

    def _told(self, arguments: tuple[str, ...], wrong: str = "git refuses", *, text: str = "", index: str = "") -> str:
        done = self._run(*arguments, text=text, index=index)
        if done.returncode:
            raise Failure(wrong, " ".join(done.stderr.split())[:LONGEST_TOLD], exit_code=1)
        return done.stdout.rstrip("\n")

    def _run(self, *arguments: str, text: str = "", index: str = "") -> "subprocess.CompletedProcess[str]":
        told = {**os.environ, **({"GIT_INDEX_FILE": index} if index else {})}
        try:
            return subprocess.run(
                ["git", "-C", str(self.root), *arguments],
                input=text,
                capture_output=True,
                encoding="utf-8",
                check=False,
                env=told,
            )
        except OSError as error:
            raise Failure("git is not to be had here", "copy the YAML instead", exit_code=1) from error
