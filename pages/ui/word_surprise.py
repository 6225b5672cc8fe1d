"""How surprising the data set's words are to the shown model: as many of them as there is time for."""

from collections.abc import Callable
from functools import partial

from makemore_core.scoring import WordSurprise, affordable_words, surprise_of_words
from makemore_core.tasks import Report
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui.as_of import as_of, is_moving

# budgets of surprise_of_words(): at each refresh of a run that trains, at once, and in the background of both
LIVE, AT_ONCE, FROM_TIME_TO_TIME, IN_TIME = 4e8, 1.6e9, 5e9, 4e11
FEWEST = 200  # words that a percentile is worth telling of

Show = Callable[[int, WordSurprise], None]  # the step whose model scored the words, and their bits


def word_surprise(snapshot: Snapshot, trained: TrainedModel, show: Show) -> None:
    """Show the words' bits under the shown model; where that takes long, first how far they are."""
    moving = is_moving(snapshot)
    every = sum(map(len, trained.dataset.lists.values()))
    at_once = affordable_words(trained.model, trained.dataset, LIVE if moving else AT_ONCE)
    quick = at_once >= (min(FEWEST, every) if moving else every)
    budget = (LIVE if moving else AT_ONCE) if quick else (FROM_TIME_TO_TIME if moving else IN_TIME)
    as_of("words", snapshot, ("words", budget), partial(_score, trained, budget), show, quick=quick)


def _score(trained: TrainedModel, budget: float, report: Report) -> WordSurprise:
    return surprise_of_words(trained.model, trained.dataset, budget, report)


def which(words: WordSurprise, noun: str) -> str:
    """The words that were scored, as part of a sentence."""
    n = len(words.words)
    if n == words.all_words:
        return f"the {n:,} {noun}s"
    return f"{n:,} {noun}s, evenly chosen from {words.all_words:,}"
