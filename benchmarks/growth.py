"""`python -m benchmarks.growth`: the stored results of all sizes side by side, as a table and a picture."""

import json
from pathlib import Path
from statistics import median
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks.shop import Size

STEPS = (
    "ours, first run",
    "ours, scheduled run",
    "ours, nothing new",
    "ours, one edited",
    "by hand, first run",
    "by hand, scheduled run",
)
SIZES = ("customers", "orders", "active", "segments", "windows")
BAR = 24


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path("target/benchmarks"), show_default=True)
def main(folder: Path) -> None:
    """Draws the seconds of each step at each size; the bars of a column share a scale."""
    # Results without the number of active customers used the default share.
    usual = {"active": Size.active}
    files = sorted(folder.glob("*.json"))
    found = [(file.stem, usual | json.loads(file.read_text(encoding="utf-8"))) for file in files]
    if not found:
        raise click.ClickException(f"no results in {folder}: run python -m benchmarks first")
    found.sort(key=lambda one: (one[0].partition("_")[0], *(one[1][size] for size in SIZES)))
    console = Console(width=70 + len(STEPS) * (BAR + 3), record=True)
    console.print(_table([one for _, one in found], [name.partition("_")[0] for name, _ in found]))
    console.save_svg(str(folder / "growth.svg"), title="seconds")


def _table(results: list[dict[str, Any]], engines: list[str]) -> Table:
    table = Table("engine", *SIZES, *STEPS)
    longest = {step: max((seconds(one, step) or 0 for one in results), default=0) for step in STEPS}
    for engine, one in zip(engines, results, strict=True):
        bars = [_bar(seconds(one, step), longest[step]) for step in STEPS]
        table.add_row(engine, *(f"{one[size]:,}" for size in SIZES), *bars)
    return table


def seconds(result: dict[str, Any], step: str) -> float | None:
    """The median of a step; None when it was not measured."""
    taken = result["steps"].get(step)
    return median(one["seconds"] for one in taken) if taken else None


def _bar(taken: float | None, longest: float) -> str:
    if taken is None:
        return ""
    return f"{'█' * max(1, round(taken / longest * (BAR - 9)))} {taken:.1f}"


if __name__ == "__main__":
    main()
