"""Lessons: the lectures as tours of this lab, one's own progress through them, and challenges that the lab checks."""

from pages.ui.opening import open_page

open_page(
    "Lessons", "Each lecture as a walk through the lab: one thought, one action, and it goes on when you have acted."
)

from makemore_core.lessons import LESSONS
from pages.ui.lessons.overview import overview
from pages.ui.live import live

live(lambda snapshot: None)
overview(tuple(LESSONS.values()))
