"""A conditional logit: how much each sign tells that a thing is the one among several. Needs SciPy and scikit-learn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from sklearn.feature_extraction import DictVectorizer

from cancelproof.extract.choice import NONE


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
        shares = np.exp(sums - np.maximum.reduceat(sums, first)[of])
        fitting = shares * is_right
        whole, fit = np.add.reduceat(shares, first), np.add.reduceat(fitting, first)
        likely = (np.log(fit) - np.log(whole)) @ weight
        slope = (fitting / fit[of] - shares / whole[of]) * weight[of]
        return strength * (weights @ weights) - likely, 2 * strength * weights - table.T @ slope

    found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B").x
    return {sign: round(float(w), 2) for sign, w in zip(vectors.feature_names_, found, strict=True)}
