"""Queries that ask about all customers without a run: features apart from what runs keep, and what is asked of them."""

from segctl.render.question.comparison import MOST_SHOWN, Asked, Compared, Side, comparison
from segctl.render.question.features import features_steps

__all__ = ["MOST_SHOWN", "Asked", "Compared", "Side", "comparison", "features_steps"]
