"""Queries about columns. Each returns one row with one text, however many columns there are."""

import json
from collections.abc import Sequence
from typing import Any


def columns_query(references: Sequence[str], built: bool = False) -> str:
    """The query for the columns of relations. Unless all are known to be `built`, it checks first whether they exist.

    On Spark, this check does not find views.
    """
    parts = [
        f"{{%- set relation = {reference if built else f'load_relation({reference})'} -%}}"
        "{%- for column in (adapter.get_columns_in_relation(relation) if relation else []) -%}"
        f"{{%- do columns.append([{index}, column.name, column.dtype]) -%}}"
        "{%- endfor -%}"
        for index, reference in enumerate(references)
    ]
    return "{%- set columns = [] -%}" + "".join(parts) + _as_text("columns")


def columns_by_reference(references: Sequence[str], rows: list[dict[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """Names and types of columns by reference."""
    columns: dict[str, list[tuple[str, str]]] = {reference: [] for reference in references}
    for index, name, kind in _of_text(rows):
        columns[references[index]].append((name, kind))
    return columns


def misfits_query(columns: Sequence[tuple[str, str, str]]) -> str:
    """The query for problems with columns, each given as reference, name and kind."""
    listed = ", ".join(f"[load_relation({reference}), '{name}', '{kind}']" for reference, name, kind in columns)
    # Outside of the condition, so that dbt sees the references.
    listing = f"{{%- set columns = [{listed}] -%}}"
    return (
        listing + "{%- set problems = segctl.mismatched_columns(columns) if execute else [] -%}" + _as_text("problems")
    )


def misfits_of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The index, message and hint of each problem."""
    return list(_of_text(rows))


def _as_text(name: str) -> str:
    """A query for a variable's value as hexadecimal JSON, which every engine returns unchanged."""
    return "select '{{ tojson(" + name + ").encode('utf-8').hex() }}' as encoded"


def _of_text(rows: list[dict[str, Any]]) -> Any:  # noqa: ANN401
    return json.loads(bytes.fromhex(rows[0]["encoded"]))
