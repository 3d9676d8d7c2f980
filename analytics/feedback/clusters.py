"""Which wordings say the same: TF-IDF, and HDBSCAN on the distances between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from analytics.feedback.words import Bag

SMALLEST = 3
ALIKE = 0.3
"""Distances below this are taken for it: how nearly alike some wordings are must not break a theme into its phrases."""
STRANGE = 0.85
"""Distances above this are taken for 1: a common word or two connect nothing."""
FAR = 0.8
"""A member may be as far from the theme's middle; further, it only hangs on by a chain of others."""
BACKGROUND = 3
"""Points that are like each other and like nothing else. HDBSCAN finds clusters where a whole falls apart: without
them, a handful of messages that all say the same thing would be the whole, and no cluster."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cluster:
    wordings: tuple[int, ...]
    """Indices into the bags, the one in the middle first."""


def clusters(bags: Sequence[Bag], said: Sequence[int]) -> list[Cluster]:
    """``bags`` are different from each other, and not empty; ``said``: how many said each.

    A wording that many repeat stands for two of them, too few for a cluster of their own: else phrases that are
    repeated word by word would be so dense that their theme falls apart into them.
    """
    points = [index for index, times in enumerate(said) for _ in range(min(times, SMALLEST - 1))]
    if not points:
        return []
    likeness = _likeness([bags[index] for index in points])
    labels = _labels(likeness)
    found = (np.flatnonzero(labels == label) for label in np.unique(labels[labels >= 0]))
    return [_trimmed(likeness, cluster, points) for cluster in found]


def _likeness(bags: Sequence[Bag]) -> Matrix:
    """Cosines. Of the idf only the root: among few messages the word that all use is what they say, not noise."""
    vectorizer = TfidfVectorizer(analyzer=list, sublinear_tf=True, norm=None)
    weights = vectorizer.fit_transform(bags).multiply(vectorizer.idf_**-0.5).tocsr()
    vectors = normalize(weights, copy=False)
    cosines: Matrix = (vectors @ vectors.T).toarray()
    return cosines


def _labels(likeness: Matrix) -> NDArray[np.int64]:
    """By point its cluster, or -1."""
    count = len(likeness)
    between = np.clip(1.0 - likeness, ALIKE, 1.0)
    between[between > STRANGE] = 1.0
    distances = np.ones((count + BACKGROUND, count + BACKGROUND))
    distances[:count, :count] = between
    distances[count:, count:] = ALIKE
    np.fill_diagonal(distances, 0.0)
    model = HDBSCAN(min_cluster_size=SMALLEST, min_samples=2, metric="precomputed", copy=False)
    labels: NDArray[np.int64] = model.fit(distances).labels_[:count]
    return labels


def _trimmed(likeness: Matrix, cluster: NDArray[np.intp], points: Sequence[int]) -> Cluster:
    """Without those that are too far from the middle: the point that is most like all others."""
    inside = likeness[np.ix_(cluster, cluster)]
    middle = int(inside.mean(axis=1).round(9).argmax())  # rounded: the order of a sum must not choose among equals
    near = cluster[inside[middle] >= 1.0 - FAR]
    others = {points[point] for point in near} - {points[cluster[middle]]}
    return Cluster((points[cluster[middle]], *sorted(others)))
