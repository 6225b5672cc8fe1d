"""Tests that go through a whole table: a few of its entries each time, and all of them in the long round."""

from collections.abc import Collection, Iterable

import pytest


def some(entries: Iterable[object], often: Collection[object]) -> list[object]:
    """All entries as parameters, those that are not tried `often` marked long."""
    return [entry if entry in often else pytest.param(*_values(entry), marks=pytest.mark.long) for entry in entries]


def _values(entry: object) -> tuple[object, ...]:
    return entry if isinstance(entry, tuple) else (entry,)
