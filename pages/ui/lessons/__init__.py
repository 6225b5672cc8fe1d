"""The lesson that is on in this tab: a card under every page's headline, which moves on when the user has acted.

Only a tab in which one is on loads the lessons.
"""

from pages.ui import session


def lesson_card() -> None:
    """The station where the user stands, if a lesson is on."""
    if session.kept(session.LESSON, ""):
        from pages.ui.lessons.card import card

        card()


def has_moved_on() -> bool:
    """Whether what the station asks for was done just now, so that the card has to be drawn anew."""
    if not session.kept(session.LESSON, ""):
        return False
    from pages.ui.lessons.walk import moved_on

    return moved_on()
