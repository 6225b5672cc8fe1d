"""What the reliability suites share: how much of a claim is tried each time, and how much before a release."""

from collections.abc import Callable

import pytest


@pytest.fixture
def amount(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """`amount(100, 1_000)` is 100, and 1,000 with `--release`."""

    def choose(ci: int, release: int) -> int:
        return release if request.config.getoption("--release") else ci

    return choose
