"""What an expression comes to at some values: worked out once, and shared by all tabs."""

from typing import Any

import numpy as np
import streamlit as st

from makemore_core.charts.graph import drawing
from makemore_core.expressions.playing import (
    Played,
    beside_torch,
    check,
    is_quick_to_check,
    outputs_over,
    play,
)
from makemore_core.expressions.programs import Program, read
from makemore_core.minitorch.demos import DEMOS
from makemore_core.minitorch.kernels import Array

Values = dict[str, Array]
POINTS = 41  # of the curve of the output over one number


@st.cache_resource(max_entries=32, show_spinner=False)
def program(text: str) -> Program:
    """The lines of a text; InputError for what is none."""
    return read(text)


@st.cache_resource(max_entries=64, show_spinner=False)
def played(text: str, values: Values) -> tuple[Played, dict[str, Any]]:
    """The graph with all its numbers, and as it is drawn."""
    found = play(program(text), values)
    return found, drawing(found.nodes, found.labels, found.steps)


@st.cache_data(max_entries=64, show_spinner=False)
def judged(text: str, values: Values) -> tuple[float | None, float]:
    """The largest differences to finite differences (None where they would take long), and to torch's autograd."""
    found = played(text, values)[0]
    finite = check(program(text), values) if is_quick_to_check(found) else None
    return finite, beside_torch(program(text), values, found.gradients)


@st.cache_data(max_entries=64, show_spinner=False)
def over_one_number(text: str, values: Values, leaf: str, place: tuple[int, ...]) -> tuple[Array, Array]:
    """Numbers around the present one, and what comes out at each."""
    here = float(values[leaf][place])
    reach = max(1.0, abs(here))
    numbers = np.linspace(here - reach, here + reach, POINTS)
    return numbers, outputs_over(program(text), values, leaf, place, numbers)


@st.cache_data(show_spinner=False)
def operation_checks() -> dict[str, float]:
    """Of each operation the largest difference between its gradient and finite differences."""
    return {name: demo.check() for name, demo in DEMOS.items()}
