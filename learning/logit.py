"""A conditional logit: how much each sign tells that a thing is the one among several. Needs SciPy and scikit-learn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from sklearn.feature_extraction import DictVectorizer

from cancelproof.extract.choice import NONE


def _shares(sums: np.ndarray, first: np.ndarray, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The share of each row in its lesson, and the logarithm of what all rows of each lesson come to."""
    highest = np.maximum.reduceat(sums, first)
    parts = np.exp(sums - highest[of])
    whole = np.add.reduceat(parts, first)
    return parts / whole[of], np.log(whole) + highest


@dataclass(frozen=True)
class Lesson:
    """The signs of each thing that a mail names, the places of the right ones (behind the last: none), its weight."""

    options: Sequence[Collection[str]]
    right: Collection[int]
    counts: float = 1.0


def learned(lessons: Iterable[Lesson], strength: float) -> dict[str, float]:
    """The weight of each sign: the likeliest of all, each held back towards nothing by `strength`."""
    rows: list[dict[str, int]] = []
    starts, right, counts = [], [], []
    for lesson in lessons:
        starts.append(len(rows))
        counts.append(lesson.counts)
        right += [place in lesson.right for place in range(len(lesson.options) + 1)]
        rows += [dict.fromkeys(signs, 1) for signs in (*lesson.options, (NONE,))]
    vectors = DictVectorizer()
    table = vectors.fit_transform(rows).tocsr()
    first, weight, is_right = np.array(starts), np.array(counts), np.array(right)
    of = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(rows))))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        sums = table @ weights
        among, above = _shares(sums, first, of)
        fitting, right_above = _shares(np.where(is_right, sums, -np.inf), first, of)
        likely = (right_above - above) @ weight
        slope = (fitting - among) * weight[of]
        return strength * (weights @ weights) - likely, 2 * strength * weights - table.T @ slope

    found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B").x
    return {sign: round(float(w), 2) for sign, w in zip(vectors.feature_names_, found, strict=True)}
