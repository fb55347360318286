"""The two dbt projects of the comparison, over the same raw tables: one by hand, and ours."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from textwrap import indent
from typing import Any

import yaml

from benchmarks.measured import Measured, measured, program
from benchmarks.rules import CATALOG, PROMISED, Rule

STAGING = {"stg_customers": "customers", "stg_orders": "orders", "stg_visits": "visits"}
AS_OF = """{% macro segments_as_of() %}cast('{{ env_var("BENCHMARK_AS_OF", "2000-01-01") }}' as timestamp){% endmacro %}
"""
# A table, so that the union need not compute it again.
BY_HAND = "{{{{ config(materialized='table'{format}) }}}}\n\n{sql}\n"
# The minimum of tests for tables that BI reads; ours has its own tests in each run.
TESTED = """
version: 2
models:
  - name: memberships
    data_tests:
      - unique: {column_name: "segment || ':' || customer_id"}
    columns:
      - name: segment
        data_tests: [not_null]
      - name: customer_id
        data_tests: [not_null]
"""
SNAPSHOT = """{{% snapshot segment_history %}}
{{{{ config(
    unique_key='membership',
    strategy='check',
    check_cols=['segment'],
    hard_deletes='invalidate'{format}
) }}}}

select
    segment || ':' || customer_id as membership,
    segment,
    customer_id
from {{{{ ref('memberships') }}}}
{{% endsnapshot %}}
"""


def write(path: Path, text: str) -> None:
    """Writes a file and the folders that it stands in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _opened(root: Path, output: Mapping[str, Any]) -> None:
    """What both have: staging views over the raw tables, and a profile."""
    project = {"name": "shop", "version": "1.0", "profile": "shop", "config-version": 2}
    write(root / "dbt_project.yml", yaml.safe_dump(project))
    profile = {"shop": {"target": "bench", "outputs": {"bench": dict(output)}}}
    write(root / "profiles.yml", yaml.safe_dump(profile))
    tables = [{"name": table} for table in STAGING.values()]
    write(
        root / "models" / "sources.yml", yaml.safe_dump({"version": 2, "sources": [{"name": "raw", "tables": tables}]})
    )
    for view, table in STAGING.items():
        write(root / "models" / f"{view}.sql", f"select * from {{{{ source('raw', '{table}') }}}}\n")


class ByHand:
    """A model for each segment, a union of them, and dbt's snapshot of it."""

    name = "by hand"

    def __init__(self, root: Path, output: Mapping[str, Any], rules: list[Rule]) -> None:
        self.root = root
        _opened(root, output)
        table_format = ", file_format='iceberg'" if output["type"] == "spark" else ""
        write(root / "macros" / "segments_as_of.sql", AS_OF)
        for rule in rules:
            write(root / "models" / "members" / f"{rule.name}.sql", BY_HAND.format(format=table_format, sql=rule.sql))
        selects = "\nunion all\n".join(
            f"select '{rule.name}' as segment, cast(customer_id as {{{{ dbt.type_string() }}}}) as customer_id\n"
            f"from {{{{ ref('{rule.name}') }}}}"
            for rule in rules
        )
        write(root / "models" / "memberships.sql", BY_HAND.format(format=table_format, sql=selects))
        write(root / "models" / "memberships.yml", TESTED)
        write(root / "snapshots" / "segment_history.sql", SNAPSHOT.format(format=table_format))

    def run(self, as_of: datetime) -> Measured:
        """One build as of an instant."""
        return measured(self.root, program("dbt"), "build", "--quiet", BENCHMARK_AS_OF=as_of.isoformat(sep=" "))

    def parse(self) -> None:
        """Lets dbt parse the project, so that a run measures none of it."""
        measured(self.root, program("dbt"), "parse", "--quiet")


class Ours:
    """The same segments in YAML, rendered by segctl."""

    name = "ours"

    def __init__(self, root: Path, output: Mapping[str, Any], rules: list[Rule], promised: bool = False) -> None:
        self.root = root
        _opened(root, output)
        write(root / "segments" / "catalog.yml", PROMISED if promised else CATALOG)
        self.define(rules)
        measured(root, program("segctl"), "init")
        measured(root, program("dbt"), "deps", "--quiet")

    def define(self, rules: list[Rule]) -> None:
        """Writes the definitions."""
        listed = "\n".join(f"- name: {rule.name}\n  rule: {rule.yaml}" for rule in rules)
        write(self.root / "segments" / "shop.yml", f"version: 1\nsegments:\n{indent(listed, '  ')}\n")

    def parse(self) -> None:
        """Renders the definitions and lets dbt parse them, so that a run measures none of it."""
        measured(self.root, program("segctl"), "render")
        measured(self.root, program("dbt"), "parse", "--quiet")

    def run(self, as_of: datetime) -> Measured:
        """One run as of an instant."""
        return measured(self.root, program("segctl"), "run", "--as-of", f"{as_of.isoformat()}Z")
