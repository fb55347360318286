"""Renders queries about all customers that need no run: features and the question on top."""

from segctl.render.question.comparison import (
    MOST_SHOWN,
    MOST_WRITTEN_OUT,
    Compared,
    ComparisonRequest,
    Side,
    comparison,
)
from segctl.render.question.features import features_step, features_steps, with_own_rows
from segctl.render.question.preview import Previewed, preview_query

__all__ = [
    "MOST_SHOWN",
    "MOST_WRITTEN_OUT",
    "Compared",
    "ComparisonRequest",
    "Previewed",
    "Side",
    "comparison",
    "features_step",
    "features_steps",
    "preview_query",
    "with_own_rows",
]
