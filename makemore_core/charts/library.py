"""The JavaScript that draws our figures, for a page that brings it along and needs no network."""

from plotly.offline import get_plotlyjs


def plotly_library() -> str:
    """plotly.js as text: 4.8 MB. The wheel holds no smaller bundle."""
    return get_plotlyjs()
