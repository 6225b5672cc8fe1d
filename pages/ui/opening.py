"""How every page opens: through app.py, and before it imports what it shows.

Streamlit may run a page without app.py. Nothing has been drawn then, and what a page imports takes seconds where torch
is not there yet; so it opens first, with nothing imported but this.
"""

from pages.ui.streamlit_internals import require_app


def open_page(title: str, sentence: str) -> None:
    """The first line of every page; its imports follow."""
    require_app()
    from pages.ui.headline import headline

    headline(title, sentence)
