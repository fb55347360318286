"""The SQL of the operations: one file for each query, in the folder of the command that asks it.

A file is a template whose own marks are `<< >>`, as in the templates of models. What it gives is a query that dbt
renders: `{{ ref('segment_runs') }}` is dbt's. Values that people wrote come as literals (segctl/language/literals.py).
A query that fits on one line stays in the module that sends it.
"""

from jinja2 import Environment, PackageLoader, StrictUndefined

_TEMPLATES = Environment(
    loader=PackageLoader("segctl.operations", "sql"),
    block_start_string="<%",
    block_end_string="%>",
    variable_start_string="<<",
    variable_end_string=">>",
    comment_start_string="<#",
    comment_end_string="#>",
    undefined=StrictUndefined,
    autoescape=False,
)


def render_query(query: str, /, **parts: object) -> str:
    """The text of a query ("verify/features") with its parts, each of them SQL: a literal, a name, an expression."""
    return _TEMPLATES.get_template(f"{query}.sql").render(parts)
