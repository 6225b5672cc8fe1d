"""Finite differences find a wrong gradient, and only a wrong one."""

import numpy as np
import pytest

from makemore_core.minitorch import gradcheck


def test_a_wrong_gradient_is_found() -> None:
    # detach() hides one of the two factors: the gradient is x, the slope 2x
    assert gradcheck(lambda x: x * x.detach(), np.array(-3.0)) == pytest.approx(3, abs=1e-6)
    assert gradcheck(lambda x: x * x, np.array(-3.0)) < 1e-8
