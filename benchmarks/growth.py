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
SIZE_NAMES = ("customers", "orders", "active", "segments", "windows")
BAR = 24


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path("target/benchmarks"), show_default=True)
def main(folder: Path) -> None:
    """Draws the seconds of each step at each size; the bars of a column share a scale."""
    # Results without the number of active customers used the default share.
    usual = {"active": Size.active}
    files = sorted(folder.glob("*.json"))
    named = [(file.stem, usual | json.loads(file.read_text(encoding="utf-8"))) for file in files]
    if not named:
        raise click.ClickException(f"no results in {folder}: run python -m benchmarks first")
    named.sort(key=lambda entry: (entry[0].partition("_")[0], *(entry[1][size] for size in SIZE_NAMES)))
    console = Console(width=70 + len(STEPS) * (BAR + 3), record=True)
    console.print(_table([result for _, result in named], [name.partition("_")[0] for name, _ in named]))
    console.save_svg(str(folder / "growth.svg"), title="seconds")


def _table(results: list[dict[str, Any]], engines: list[str]) -> Table:
    table = Table("engine", *SIZE_NAMES, *STEPS)
    longest = {step: max((seconds(entry, step) or 0 for entry in results), default=0) for step in STEPS}
    for engine, result in zip(engines, results, strict=True):
        bars = [_bar(seconds(result, step), longest[step]) for step in STEPS]
        table.add_row(engine, *(f"{result[size]:,}" for size in SIZE_NAMES), *bars)
    return table


def seconds(result: dict[str, Any], step: str) -> float | None:
    """The median of a step; None when it was not measured."""
    taken = result["steps"].get(step)
    return median(measured["seconds"] for measured in taken) if taken else None


def _bar(taken: float | None, longest: float) -> str:
    if taken is None:
        return ""
    return f"{'█' * max(1, round(taken / longest * (BAR - 9)))} {taken:.1f}"


if __name__ == "__main__":
    main()
