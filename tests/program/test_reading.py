"""Which files of a project are read: regular ones inside it, up to a maximum size. Others are not opened or shown."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from segctl.errors import Failure, Problem, ProblemsFound, described
from segctl.operations.definitions.schema import schema_files, stale_schemas
from segctl.parse import LARGEST_FILE
from segctl.personal_data.erased_files import erase_files
from segctl.personal_data.export_folders import FOLDERS, remember_exports
from segctl.personal_data.sent import OWN
from segctl.project.project import Project, find_project, load, replace_file, settings, texts
from tests.language.test_problems import CASES

SECRET = "hunter2-hunter2"
FINE = "version: 1\nsegments:\n  - {name: vip, rule: {metric: lifetime_value, gt: 100}}\n"
Made = Callable[[Path, Path], None]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A valid project next to a folder with a secret."""
    root = tmp_path / "shop"
    (root / "segments").mkdir(parents=True)
    (root / "dbt_project.yml").write_text("name: shop\n")
    (root / "segments" / "catalog.yml").write_bytes((CASES / "catalog.yml").read_bytes())
    (root / "segments" / "fine.yml").write_text(FINE)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.yml").write_text(f"password: {SECRET}\n")
    return Project(root)


@pytest.fixture(autouse=True)
def nothing_hangs() -> Iterator[None]:
    """Opening a pipe without a writer would block for ever."""

    def late(*_: object) -> None:
        raise TimeoutError("hangs")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def a_socket(path: Path, _: Path) -> None:
    here = Path.cwd()
    # The name of a socket is short.
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def too_large(path: Path, _: Path) -> None:
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE * 1000)


OTHER_FILES: dict[str, tuple[Made, str]] = {
    "link out": (lambda path, root: path.symlink_to(root.parent / "elsewhere/secret.yml"), "outside-project"),
    "relative link out": (lambda path, _: path.symlink_to("../../elsewhere/secret.yml"), "outside-project"),
    "link to nothing": (lambda path, _: path.symlink_to("nothing.yml"), "unreadable"),
    "link to itself": (lambda path, _: path.symlink_to(path.name), "unreadable"),
    "pipe": (lambda path, _: os.mkfifo(path), "no-file"),
    "socket": (a_socket, "no-file"),
    "folder": (lambda path, _: path.mkdir(), "no-file"),
    "device": (lambda path, _: path.symlink_to("/dev/zero"), "outside-project"),
    "too large": (too_large, "too-large"),
}


def problems_of(project: Project) -> list[Problem]:
    with pytest.raises(ProblemsFound) as failure:
        load(project)
    messages = "\n".join(described(problem, texts(project)) for problem in failure.value.problems)
    assert SECRET not in messages
    return failure.value.problems


@pytest.mark.parametrize("name", ["segments/case.yml", "segments/case.yaml", "segments/catalog.yml", "dbt_project.yml"])
@pytest.mark.parametrize("kind", OTHER_FILES)
def test_what_is_no_file_of_the_project_is_refused_by_name(kind: str, name: str, project: Project) -> None:
    made, code = OTHER_FILES[kind]
    path = project.root / name
    path.unlink(missing_ok=True)
    made(path, project.root)
    (problem,) = problems_of(project)
    assert (problem.mark.file, problem.code) == (name, code)
    assert find_project(project.segments).root == project.root


def test_all_of_them_are_reported_at_once(project: Project) -> None:
    for kind, (made, _) in OTHER_FILES.items():
        made(project.segments / f"{kind.replace(' ', '_')}.yml", project.root)
    assert sorted(problem.code for problem in problems_of(project)) == sorted(code for _, code in OTHER_FILES.values())


@pytest.mark.parametrize("link", ["segments", "segments/below"])
def test_a_folder_elsewhere_is_not_read(link: str, project: Project) -> None:
    if link == "segments":
        project.segments.rename(project.root.parent / "elsewhere/segments")
        (project.root / link).symlink_to(project.root.parent / "elsewhere/segments")
        assert {problem.code for problem in problems_of(project)} == {"outside-project"}
    else:
        # Definitions that are nested too deep are not searched for.
        (project.root / link).symlink_to("/")
        assert len(load(project).segments) == 1


def test_a_link_inside_the_project_is_read(project: Project) -> None:
    (project.root / "kept").mkdir()
    (project.segments / "fine.yml").rename(project.root / "kept/fine.yml")
    (project.segments / "fine.yml").symlink_to("../kept/fine.yml")
    (project.root.parent / "by_another_name").symlink_to(project.root)
    for root in (project.root, project.root.parent / "by_another_name"):
        assert [planned.segment.name for planned in load(Project(root)).segments] == ["vip"]


def test_files_that_segctl_keeps_are_no_links_out(project: Project) -> None:
    """The list of folders is not read elsewhere, and nothing is written there."""
    elsewhere = project.root.parent / "elsewhere"
    own = project.root / OWN
    own.symlink_to(elsewhere)
    with pytest.raises(Failure, match="leads out of the project"):
        remember_exports(project, project.root / "of_ours")
    assert [path.name for path in elsewhere.iterdir()] == ["secret.yml"]
    own.unlink()
    own.mkdir()
    for kind in ("link out", "pipe", "folder", "too large"):
        OTHER_FILES[kind][0](own / FOLDERS, project.root)
        for asked in (
            lambda: remember_exports(project, elsewhere),
            lambda: erase_files(project, "customer", ["4"], True),
        ):
            with pytest.raises(Failure, match=r"cannot read \.segctl/export_folders\.jsonl") as refused:
                asked()
            assert SECRET not in f"{refused.value.message} {refused.value.hint}"
        (own / FOLDERS).rmdir() if kind == "folder" else (own / FOLDERS).unlink()
    ignored = elsewhere / "ignored"
    ignored.write_text("kept")
    (own / ".gitignore").symlink_to(ignored)
    remember_exports(project, elsewhere)
    assert ignored.read_text() == "kept"


def test_a_schema_that_is_no_file_is_stale(project: Project) -> None:
    (project.segments / ".schema").mkdir()
    os.mkfifo(project.segments / ".schema/catalog.json")
    (project.segments / ".schema/definitions.json").write_bytes(b"\xff")
    assert stale_schemas(project) == schema_files()


SEGMENTS = """version: 1
segments:
  - name: vip
    label: VIP
    description: about
    owner: crm
    tags: [a, b]
    enabled: true
    min_stay: 7 days
    group: tier
    priority: 1
    guard: {max_change: 10%, min_size: 1}
    limit: {top: 5, by: lifetime_value}
    rule: {any: [{metric: lifetime_value, gt: 100}, {attribute: country, in: [GB, FR]}, {sample: 10%, salt: x}]}
  - {name: other, formerly: former, rule: {all: [{event: order, times: {gte: 2}}, {segment: vip}]}}
  - {name: third, rule: {sql: lifetime_value > 3}}
"""


def scalars(text: str) -> list[tuple[int, int]]:
    return [
        (event.start_mark.index, event.end_mark.index)
        for event in yaml.parse(text, Loader=yaml.SafeLoader)
        if isinstance(event, yaml.ScalarEvent) and event.start_mark and event.end_mark
    ]


@pytest.mark.parametrize("secret", ["s3cret" * 500, "s3 'cret' " * 300, 's3\\" cret\\"' * 300])
def test_no_value_is_reported_whole(secret: str, project: Project) -> None:
    """A message about a long text is short, for any key or value: its line and its quotation are cut."""
    catalog = project.segments / "catalog.yml"
    for path, text in ((project.segments / "fine.yml", SEGMENTS), (catalog, catalog.read_text())):
        for start, end in scalars(text):
            path.write_text(f'{text[:start]}"{secret}"{text[end:]}')
            try:
                load(project)
            except ProblemsFound as found:
                for problem in found.problems[:20]:
                    messages = described(problem, texts(project))
                    assert len(messages) < 900, messages
                    assert messages.count("cret") < 100, messages
        path.write_text(text)


def test_a_file_of_text_is_not_printed(project: Project) -> None:
    """What is not our YAML at all, such as a key or a table of passwords, is one long text to YAML."""
    (project.segments / "case.yml").write_text("".join(f"{SECRET}{number}\n" for number in range(100)))
    assert settings(project).problems == []
    with pytest.raises(ProblemsFound) as failure:
        load(project)
    messages = "\n".join(described(problem, texts(project)) for problem in failure.value.problems)
    assert 0 < messages.count(SECRET) < 15


def test_files_that_are_written_obey_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        path = tmp_path / "below/vip.csv"
        replace_file(path, "one")
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o640, 0o750)
        # The new file shows nothing that was hidden in the former.
        path.chmod(0o600)
        replace_file(path, "two")
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o666)
        replace_file(path, "three")
        assert path.stat().st_mode & 0o777 == 0o640
        replace_file(path, "four", 0o666)
        assert path.stat().st_mode & 0o777 == 0o666
    finally:
        os.umask(before)
    assert [one.name for one in path.parent.iterdir()] == ["vip.csv"]
