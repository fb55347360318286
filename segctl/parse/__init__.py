"""Parses the text of a file into definitions, with the place of everything in it."""

from segctl.parse.catalog import parse_catalog
from segctl.parse.definitions import parse_definitions, parse_draft
from segctl.parse.deliveries import parse_deliveries
from segctl.parse.document import LARGEST_FILE
from segctl.parse.settings import PACKAGE, check_settings, name_of, paths_of, snapshots_of, variable_of
from segctl.parse.written import definitions_as_written

__all__ = [
    "LARGEST_FILE",
    "PACKAGE",
    "check_settings",
    "definitions_as_written",
    "name_of",
    "parse_catalog",
    "parse_definitions",
    "parse_deliveries",
    "parse_draft",
    "paths_of",
    "snapshots_of",
    "variable_of",
]
