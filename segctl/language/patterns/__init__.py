"""Regular expressions in a strict grammar of our own, spelled so that every engine reads them alike."""

from segctl.language.patterns.cursor import PatternProblem
from segctl.language.patterns.grammar import read_pattern

__all__ = ["PatternProblem", "read_pattern"]
