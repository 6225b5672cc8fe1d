"""A line in a chart, dragged to any learning rate by pointer, finger or keys; below the chart, what it reads."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from streamlit.components.v2 import component

from pages.ui import session

HEIGHT = 30  # pixels, of the words

_mount = component(
    "makemore_lab.rate_line",
    html='<div class="rate-line"><b></b> <span></span></div>',
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # the line stands in the chart of another component
)


def rate_line(
    key: str, chart: str, trace: str, low: float, high: float, rate: float, act: Callable[[float], None]
) -> None:
    """Put the line at a rate between two ends into the chart of that key; act(rate) hears where it was left.

    Below, it says the loss there: the height of the chart's trace of that name.
    """
    data = {"chart": chart, "trace": trace, "low": low, "high": high, "rate": rate}
    _mount(key=key, height=HEIGHT, data=data, on_rate_change=partial(_left, key, act))


def _left(key: str, act: Callable[[float], None]) -> None:
    rate = session.said(key, "rate")
    if rate is not None:
        act(float(rate))
