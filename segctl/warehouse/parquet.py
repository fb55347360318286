"""Parquet files, which DuckDB writes whatever the engine of the project is."""

from collections.abc import Sequence
from pathlib import Path

from segctl.errors import Failure

COPIED = """
copy (
    select {columns}
    from read_json({source}, format = 'newline_delimited', columns = {{{types}}})
)
to {target} (format parquet, compression zstd)
"""


def to_parquet(source: Path, target: Path, columns: Sequence[tuple[str, str]]) -> None:
    """Makes a Parquet file of JSON Lines with the keys c0, c1, …: columns are names and types of DuckDB in that order.

    Raises Failure when it cannot be written.
    """
    import duckdb

    sql = COPIED.format(
        columns=", ".join(f"c{place} as {_quoted(name)}" for place, (name, _) in enumerate(columns)),
        types=", ".join(f"c{place}: '{kind}'" for place, (_, kind) in enumerate(columns)),
        source=_text(source),
        target=_text(target),
    )
    settings = {"temp_directory": str(source.parent), "memory_limit": "1GB", "threads": 2}
    try:
        with duckdb.connect(config=settings) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(sql)
    except duckdb.Error as error:
        raise Failure(f"cannot write Parquet: {str(error).splitlines()[0]}", exit_code=1) from error


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
