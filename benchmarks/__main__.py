"""`python -m benchmarks`: measures both sides on an engine, prints a table and stores the results as JSON."""

import json
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
import duckdb
from rich.console import Console
from rich.table import Table

from benchmarks.compare import Extent, Results, compare
from benchmarks.measured import ProgramError
from benchmarks.places import place_of
from benchmarks.rules import USUAL_DAYS
from benchmarks.shop import Size, generate

AGAINST = {
    "ours, first run": "by hand, first run",
    "ours, scheduled run": "by hand, scheduled run",
    "ours, the same again": "by hand, scheduled run",
    "ours, nothing new": "by hand, scheduled run",
    "ours, one edited": "by hand, scheduled run",
}


def _as_duckdb_reads_it(_: click.Context, __: click.Parameter, memory: str) -> str:
    """Raises BadParameter for an invalid size, before anything is measured."""
    try:
        duckdb.connect(config={"memory_limit": memory} if memory else {}).close()
    except duckdb.Error as error:
        raise click.BadParameter(str(error)) from error
    return memory


@click.command()
@click.option("--engine", type=click.Choice(["duckdb", "postgres", "spark"]), default="duckdb", show_default=True)
@click.option("--customers", type=click.IntRange(1), default=1_000_000, show_default=True)
@click.option(
    "--orders", type=click.IntRange(1), default=10_000_000, show_default=True, help="There are as many visits."
)
@click.option("--segments", type=click.IntRange(1), default=100, show_default=True)
@click.option(
    "--windows",
    type=click.IntRange(1),
    default=len(USUAL_DAYS),
    show_default=True,
    help="How many lengths the windows of segments have.",
)
@click.option(
    "--active",
    type=click.FloatRange(0, 1, min_open=True),
    default=Size.active,
    show_default=True,
    help="The share of customers who do something on the day after the first run.",
)
@click.option("--repeat", type=click.IntRange(1), default=3, show_default=True, help="Medians of this many rounds.")
@click.option("--by-hand/--ours-alone", default=True, help="Alone, there are no members to compare with.")
@click.option("--promised", is_flag=True, help="The catalog says that events are only added.")
@click.option("--until", type=click.Choice(list(AGAINST)), help="Leaves out what comes after this step.")
@click.option(
    "--workers", type=click.IntRange(1), default=2, show_default=True, help="Of a Spark cluster; each has a core."
)
@click.option(
    "--memory", default="", callback=_as_duckdb_reads_it, help='The most that DuckDB keeps in memory, such as "10GB".'
)
@click.option("--folder", type=click.Path(path_type=Path), default=Path("target/benchmarks"), show_default=True)
def main(  # noqa: PLR0913, PLR0917
    engine: str,
    customers: int,
    orders: int,
    segments: int,
    windows: int,
    active: float,
    repeat: int,
    by_hand: bool,
    promised: bool,
    until: str | None,
    workers: int,
    memory: str,
    folder: Path,
) -> None:
    """Measures the same segments by hand and by us, in one run on one machine."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    size = Size(customers, orders, active)
    # The usual share of active customers is in no name.
    besides = "" if active == Size.active else f"_{active}"
    shop = folder / f"shop_{customers}_{orders}{besides}.duckdb"
    if not shop.exists():
        making = shop.with_suffix(".making")
        making.unlink(missing_ok=True)
        generate(making, size)
        making.rename(shop)
    work = folder / engine
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    results, extent = Results(), Extent(segments, windows, repeat, until or "", by_hand, promised)
    try:
        with place_of(engine, work, workers, memory) as place:
            for step, results in compare(place, shop, work, extent):
                measured = results.taken[step][-1]
                click.echo(
                    f"{datetime.now(UTC):%H:%M:%S} {step}: {measured.seconds:.1f} s, {measured.megabytes:.0f} MB",
                    err=True,
                )
    except ProgramError as error:
        raise click.ClickException(str(error)) from error
    sizes = {**asdict(size), "segments": segments, "windows": windows}
    header = {"engine": engine, **sizes, "repeat": repeat}
    steps = {step: [asdict(entry) for entry in taken] for step, taken in results.taken.items()}
    name = f"{engine}{workers}" if engine == "spark" else engine
    name += ("" if by_hand else "_alone") + ("_promised" if promised else "")
    kept = folder / f"{name}_{customers}_{orders}_{segments}_{windows}{besides}.json"
    kept.write_text(json.dumps({**header, "steps": steps}, indent=2), encoding="utf-8")
    _print(
        results, kept.with_suffix(".svg"), f"{engine}: {customers:,} customers, {orders:,} orders, {segments} segments"
    )


def _print(results: Results, picture: Path, title: str) -> None:
    table = Table("", "seconds", "MB", "by hand / ours", title=title)
    for step in results.taken:
        against = AGAINST.get(step, "")
        ratio = f"{results.seconds(against) / results.seconds(step):.1f}" if against in results.taken else ""
        table.add_row(step, f"{results.seconds(step):.2f}", f"{results.megabytes(step):.0f}", ratio)
    console = Console(width=100, record=True)
    console.print(table)
    console.save_svg(str(picture), title=title)


if __name__ == "__main__":
    main()
