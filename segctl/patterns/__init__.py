"""Regular expressions of our own grammar, read strictly and spelled so that every engine reads them alike."""

from segctl.patterns.cursor import PatternProblem
from segctl.patterns.grammar import read_pattern

__all__ = ["PatternProblem", "read_pattern"]
