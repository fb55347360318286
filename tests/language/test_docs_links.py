"""Pages name existing things: each link, each anchor, each path of the repository, each verb and option of segctl."""

import re
from pathlib import Path

import pytest

import segctl.cli  # noqa: F401 (registers the verbs)
from segctl.cli.program import segctl as program

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for glob in ("*.md", "docs/**/*.md", "macros/README.md", "examples/*/README.md", "benchmarks/README.md")
    for path in ROOT.glob(glob)
)
BLOCK = re.compile(r"^( *)```.*?^\1```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)", re.MULTILINE)
PATH = re.compile(r"`((?:tests|segctl|macros|docs|examples|seeds|benchmarks|prose)/[^`\s:]*)`")
VERB = re.compile(r"(?:^|`|\$ )segctl ([a-z][a-z-]+)([^`\n#|]*)", re.MULTILINE)
# Examples of names, places of people's projects, and the former places of modules.
NO_PATHS = {"segctl/rules/dormant.py", "tests/rules/dormant.yml"}
PLACEHOLDER = re.compile(r"[<…*{]")
FORMER = {"docs/decisions/0054-folders-explain-themselves.md", "CHANGELOG.md"}


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    texts = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", text).strip().replace(" ", "-") for text in texts}


def fault_of(page: Path, link: str) -> str:
    """What is wrong with a link of a page; empty if nothing is."""
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists():
        return f"{link}: there is no such file"
    return f"{link}: there is no such heading" if anchor and anchor not in anchors(target) else ""


def ids(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    links = [one or other for one, other in LINK.findall(text)]
    faults = [fault_of(page, link) for link in links if not link.startswith(("http://", "https://", "mailto:"))]
    assert [fault for fault in faults if fault] == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_paths_of_the_repository_exist(page: Path) -> None:
    if ids(page) in FORMER:
        pytest.skip("it names former places")
    named = set(PATH.findall(page.read_text(encoding="utf-8"))) - NO_PATHS
    assert [path for path in sorted(named) if not PLACEHOLDER.search(path) and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_verbs_and_options_exist(page: Path) -> None:
    """Options may also be those of the program, before the verb or after it."""
    faults = []
    text = page.read_text(encoding="utf-8")
    code = "\n".join([*(block[0] for block in BLOCK.finditer(text)), *re.findall(r"`segctl [^`]+`", text)])
    for verb, rest in VERB.findall(code):
        command = program.commands.get(verb)
        if command is None:
            faults.append(f"segctl {verb}")
            continue
        known = {
            name
            for one in (command, program)
            for option in one.params
            for name in (*option.opts, *option.secondary_opts)
        }
        faults += [f"segctl {verb} {name}" for name in re.findall(r"(?<![\w-])--[a-z-]+", rest) if name not in known]
    assert faults == []


def test_a_missing_file_and_a_missing_heading_are_faults() -> None:
    page = ROOT / "README.md"
    assert fault_of(page, "docs/nowhere.md") == "docs/nowhere.md: there is no such file"
    assert fault_of(page, "docs/design.md#nowhere") == "docs/design.md#nowhere: there is no such heading"
    assert fault_of(page, "docs/design.md#where-a-change-goes") == ""
