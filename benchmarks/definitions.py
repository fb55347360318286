"""`python -m benchmarks.definitions`: time and memory to validate and render many definitions."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table

from benchmarks.measured import measured, program
from benchmarks.projects import Ours
from benchmarks.rules import rules


@click.command()
@click.option("--segments", type=click.IntRange(1), multiple=True, default=(100, 1_000, 10_000), show_default=True)
def main(segments: tuple[int, ...]) -> None:
    """Seconds and MB of `segctl validate`, and of the `segctl render` that follows."""
    table = Table("segments", "validate", "MB", "render", "MB")
    for count in segments:
        with TemporaryDirectory() as folder:
            root = Path(folder)
            Ours(root, {"type": "duckdb", "path": ":memory:"}, rules(count))
            checked = measured(root, program("segctl"), "validate")
            rendered = measured(root, program("segctl"), "render")
        cells = [
            f"{value:.2f}" if number % 2 == 0 else f"{value:.0f}"
            for number, value in enumerate((checked.seconds, checked.megabytes, rendered.seconds, rendered.megabytes))
        ]
        table.add_row(f"{count:,}", *cells)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
