"""Hypothesis strategies for definitions of every form in docs/language.md, about one shop.

An example is dear, for each becomes a dbt build: so one example holds many segments and many customers.

    timezone = draw(st.sampled_from(TIMEZONES))                     # catalog_text(timezone) is the catalog;
                                                                    # SINCES are what it may say of customers
    as_of = draw(as_of_instants(timezone))
    files = draw(definition_files(as_of, timezone, segments=30))    # dump(file) is the YAML text of one
    rows = draw(tables(as_of, timezone, customers=40))

For what is cheap to try again, `shrinks=True` lets Hypothesis make a failing example small.
"""

from datetime import datetime

import yaml
from hypothesis import strategies as st

from tests.support.strategies.catalog import Mapping
from tests.support.strategies.operands import COMPARATORS, OF_THE_RUN, words_of
from tests.support.strategies.rows import sources, tables
from tests.support.strategies.segments import segment
from tests.support.strategies.shop import (
    CATALOG_YAML,
    SINCES,
    TABLES,
    TABLES_WITH_STRING_KEYS,
    TIMEZONE,
    TIMEZONES,
    catalog_text,
)
from tests.support.strategies.time import as_of_instants

__all__ = [
    "CATALOG_YAML",
    "COMPARATORS",
    "OF_THE_RUN",
    "SINCES",
    "TABLES",
    "TABLES_WITH_STRING_KEYS",
    "TIMEZONE",
    "TIMEZONES",
    "as_of_instants",
    "catalog_text",
    "definition_files",
    "dump",
    "tables",
]


class _Dumper(yaml.SafeDumper):
    """Copies what occurs in two places: the language refuses anchors."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def dump(definitions: Mapping) -> str:
    text: str = yaml.dump(definitions, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
    return text


@st.composite
def definition_files(
    draw: st.DrawFn,
    as_of: datetime,
    timezone: str = TIMEZONE,
    *,
    segments: int = 30,
    files: int = 2,
    prefix: str = "segment",
    shrinks: bool = False,
) -> list[Mapping]:
    """This number of segments, in any order, shared out over this number of files. `dump` makes YAML of one.

    Their names and those of their groups begin with the prefix. With another prefix they are independent of these.
    """
    words = words_of(as_of, timezone)
    random = draw(sources(as_of, timezone, shrinks=shrinks))
    names = [f"{prefix}_{number}" for number in range(segments)]
    drawn = [segment(random, names, number, words) for number in range(segments)]
    random.shuffle(drawn)
    return [{"version": 1, "segments": drawn[first::files]} for first in range(files)]
