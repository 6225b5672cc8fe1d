"""Tests that go through a whole table: a few of its entries each time, and all of them in the long round."""

from collections.abc import Collection, Iterable

import pytest


def some(names: Iterable[str], often: Collection[str]) -> list[object]:
    """All names as parameters, those that are not tried `often` marked long."""
    return [name if name in often else pytest.param(name, marks=pytest.mark.long) for name in names]
