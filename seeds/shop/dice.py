"""Randomness that is the same on every machine and with every Python."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")

SEED = "kettle and bean"


class Dice:
    """Seeded chance. Uses Random.random() alone, the one method whose sequence Python promises to keep."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(f"{SEED}/{seed}").random

    def chance(self, probability: float) -> bool:
        return self._random() < probability

    def share(self) -> float:
        return self._random()

    def between(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._random() * len(options))]

    def weighted(self, options: Mapping[T, float]) -> T:
        left = self._random() * sum(options.values())
        for option, weight in options.items():
            left -= weight
            if left < 0:
                return option
        return list(options)[-1]
