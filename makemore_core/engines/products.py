"""The matrix products inside compiled loops, which Numba takes from scipy; on one thread, as two halve small ones."""

import importlib.util
from functools import lru_cache

NEEDS = ("numba", "scipy", "threadpoolctl")


def is_available() -> bool:
    """Whether all that they need is installed; nothing is imported."""
    return all(importlib.util.find_spec(name) is not None for name in NEEDS)


@lru_cache(maxsize=1)
def keep_to_one_thread() -> None:
    """Once, before the first product."""
    import scipy.linalg.cython_blas  # the limit holds for libraries that are there already  # noqa: F401
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, "blas")
