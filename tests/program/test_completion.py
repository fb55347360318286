"""Shell completion: by Click's protocol in its own process, and in a real bash."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from tests.support.shops.demo_project import SEGCTL, demo

SEGMENTS = (
    *("show", "why 181", "near", "changes", "changes vip", "export", "preview", "diff", "explain", "preview --beside"),
    *("diff --select", "replay --segments", "restate --segments", "run --allow"),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop with a warehouse that cannot be opened."""
    folder = demo(tmp_path_factory.mktemp("completion"))
    (folder / "profiles.yml").write_text("nothing: {}\n")
    return folder


def completed(folder: Path, line: str, shell: str = "bash") -> list[str]:
    """The completions for a command line. Its last word is unfinished."""
    words = line.split(" ")
    typed = words[-1] if shell == "fish" else str(len(words) - 1)
    variables = {"_SEGCTL_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": typed}
    result = subprocess.run(
        [SEGCTL], cwd=folder, env=os.environ | variables, capture_output=True, text=True, check=False
    )
    assert result.stderr == ""
    return result.stdout.splitlines()


@pytest.mark.parametrize("command", SEGMENTS)
def test_names_of_segments(command: str, shop: Path) -> None:
    wanted = sorted(
        segment["name"]
        for path in (shop / "segments").glob("*.yml")
        for segment in yaml.safe_load(path.read_text()).get("segments", [])
        if segment["name"].startswith("lap")
    )
    assert len(wanted) == 3
    assert completed(shop, f"segctl {command} lap") == [f"plain,{name}" for name in wanted]


def test_other_words(shop: Path) -> None:
    assert completed(shop, "segctl list --tag cro") == ["plain,cross_sell"]
    assert completed(shop, "segctl list --owner cr") == ["plain,crm@shop.example"]
    assert completed(shop, "segctl list --sort jo") == ["plain,joined"]
    assert completed(shop, "segctl run --allow order_") == ["plain,order_item"]
    assert completed(shop, "segctl exp") == ["plain,explain", "plain,export"]
    assert completed(shop, "segctl preview draft.y") == ["file,draft.y"]
    # A segment's label is shown next to its name, if the shell supports it.
    assert completed(shop, "segctl show lapsed_6", "zsh") == ["plain", "lapsed_60_days", "Lapsed 60 days"]
    assert completed(shop.parent, f"segctl --project-dir {shop} show vi") == ["plain,vip"]
    assert completed(shop.parent, f"segctl show --project-dir {shop} vi") == ["plain,vip"]


def test_a_project_with_errors(tmp_path: Path) -> None:
    folder = demo(tmp_path)
    segments = folder / "segments"
    (segments / "catalog.yml").write_text("{")
    (segments / "loyalty.yml").write_text(
        "segments: [{name: vip_one}, {name: 'a b'}, {name: [1]}, 7, {name: \"vip\\e[2J\"}]"
    )
    (segments / "value.yml").write_bytes(b"\xff\xfe")
    (segments / "rfm.yml").unlink()
    (segments / "rfm.yml").mkdir()
    os.mkfifo(segments / "pipe.yml")
    assert completed(folder, "segctl show vi") == ["plain,vip_one"]
    assert completed(folder, "segctl show a") == [
        "plain,abandoned_cart",
        "plain,abroad",
        "plain,accounts_to_grow",
        "plain,active_offices",
    ]
    assert completed(tmp_path.parent, "segctl show vi") == [""]
    assert completed(folder, "segctl nope vi") == [""]
    assert completed(folder, "segctl list --wait x --tag cof") == ["plain,coffee"]


def test_it_is_fast(shop: Path) -> None:
    """Imports neither dbt nor a driver, because a shell waits for it."""
    code = f"""
import sys
from pathlib import Path
import segctl.cli
from segctl.operations.definitions.declared import declared_segments
print(len(declared_segments(Path({str(shop)!r}))))
print([name for name in sys.modules if name in ('dbt', 'duckdb', 'rich', 'jinja2', 'sqlglot')])
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "61\n[]\n"
    begun = time.monotonic()
    completed(shop, "segctl show la")
    assert time.monotonic() - begun < 5


def test_in_bash(shop: Path) -> None:
    script = f'export PATH="{SEGCTL.parent}:$PATH"; eval "$(_SEGCTL_COMPLETE=bash_source segctl)"; '
    script += "COMP_WORDS=(segctl show lapsed_6); COMP_CWORD=2; _segctl_completion segctl lapsed_6 show; "
    script += 'printf "%s\\n" "${COMPREPLY[@]}"; complete -p segctl'
    result = subprocess.run(["bash", "-c", script], cwd=shop, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[0] == "lapsed_60_days"
    assert "-F _segctl_completion segctl" in result.stdout
