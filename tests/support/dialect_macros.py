"""Macros of the dialect as dbt calls them on an engine, without dbt."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import NoReturn

from jinja2 import Environment

from tests.support.built_project import REPOSITORY

MACROS = REPOSITORY / "macros"
Macro = Callable[..., str]


class _Returned(Exception):
    """A macro's return value, on its way to the caller."""


class Dialect:
    """The macros of some files, as `segctl.<name>` is in a model on an engine."""

    def __init__(self, engine: str, *files: str) -> None:
        environment = Environment(extensions=["jinja2.ext.do"])
        environment.globals |= {
            "segctl": self,
            "adapter": SimpleNamespace(dispatch=self._dispatched),
            "modules": SimpleNamespace(re=re),
            "return": _return,
        }
        self._environment = environment
        text = "".join(path.read_text(encoding="utf-8") for file in files for path in MACROS.rglob(f"{file}.sql"))
        self._engine, self._module = engine, environment.from_string(text).module

    def rendered(self, model: str) -> str:
        """The text of a model, or a part of it."""
        return self._environment.from_string(model).render()

    def __getattr__(self, name: str) -> Macro:
        macro = getattr(self._module, name)

        def called(*arguments: object) -> str:
            try:
                return str(macro(*arguments))
            except _Returned as returned:
                return str(returned.args[0])

        return called

    def _dispatched(self, name: str, package: str) -> Macro:
        assert package == "segctl"
        own = f"{self._engine}__{name}"
        found: Macro = getattr(self, own if hasattr(self._module, own) else f"default__{name}")
        return found


def _return(value: object) -> NoReturn:
    raise _Returned(value)
