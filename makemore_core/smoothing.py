"""A calm line through noisy losses: without the lag at its beginning, or without any."""

import numpy as np
from numpy.typing import NDArray


def smoothed(values: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """The exponential moving average (N) of values (N): 0 <= weight < 1 is the share that the past keeps.

    Begun at 0 it would be too low at first, so it is divided by the weights that it has seen so far, as Adam corrects
    its moments (Kingma & Ba 2015, section 3). What is no number leaves the average as it is.

    >>> smoothed(np.array([3.0, 3.0, 0.0]), weight=0.5).round(2).tolist()
    [3.0, 3.0, 1.29]
    """
    average, seen = 0.0, 0.0
    line = np.full(len(values), np.nan)
    for i, value in enumerate(values.tolist()):
        if np.isfinite(value):
            average = weight * average + (1 - weight) * value
            seen = weight * seen + (1 - weight)
        if seen:
            line[i] = average / seen
    return line


def smoothed_both_ways(values: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """The same (N) with the future weighed like the past, so that a valley stays where it is. Finite values alone."""
    seen = (1 - weight ** np.arange(1, len(values) + 1)) / (1 - weight)
    past, future = smoothed(values, weight) * seen, smoothed(values[::-1], weight)[::-1] * seen[::-1]
    return (past + future - values) / (seen + seen[::-1] - 1)  # the present stands in both
