"""How the program sees that an action was done: small rules, of which the lessons' tables are made."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from makemore_core.config import RunConfig
from makemore_core.count_losses import Smoothing, smoothing
from makemore_core.datasets import DataConfig
from makemore_core.lessons.lesson import Rule, Situation

Test = Callable[[Any], bool]
RATE = "optimizer.learning_rate"
BEST_WITHIN = 0.001  # nats above the lowest loss that any alpha gives


def opened(page: str) -> Rule:
    """A page is open."""
    return lambda now: now.page == page


def chosen(name: str, *values: object) -> Rule:
    """A control of a page stands at one of these values."""
    return lambda now: now.choices.get(name) in values


def chosen_so(name: str, test: Test) -> Rule:
    """What stands in a control of a page passes a test; before it was touched nothing does."""
    return lambda now: name in now.choices and now.choices[name] is not None and test(now.choices[name])


def drafted(test: Callable[[RunConfig], bool]) -> Rule:
    """The next run's settings pass a test."""
    return lambda now: test(now.draft)


def tried(test: Callable[[RunConfig], bool]) -> Rule:
    """The Init lab's settings pass a test."""
    return lambda now: now.lab is not None and test(now.lab)


def trained(test: Callable[[RunConfig], bool], steps: int = 1) -> Rule:
    """The chosen run has such settings, and has taken so many steps."""
    return lambda now: now.config is not None and now.step >= steps and test(now.config)


def lowered_the_rate(now: Situation) -> bool:
    """The chosen run was given a lower rate on its way."""
    if now.row is None or now.snapshot is None:
        return False
    first = RunConfig.from_dict(now.row.config).optimizer.learning_rate
    return any(float(mark.settings.get(RATE, first)) < first for mark in now.snapshot.marks)


def of(model: str, **settings: object) -> Callable[[RunConfig], bool]:
    """A test of settings: this kind of model, with these of its knobs."""
    return lambda config: (
        config.model.name == model
        and all(getattr(config.model, name, None) == value for name, value in settings.items())
    )


def tuned_on_val(now: Situation) -> bool:
    """Alpha gives the trigram, contexts of two characters, about the lowest loss on val that any alpha gives."""
    if len(now.choices.get("count_prefix", "")) != 1 or "count_alpha" not in now.choices:
        return False
    known = trigram(now.shown.data)
    ours, best = known.val.losses([float(now.choices["count_alpha"]), known.best])
    return bool(ours < best + BEST_WITHIN)


def trigram(data: DataConfig) -> Smoothing:
    """What is known of the counts after two characters."""
    return _trigram(data, data.load().sha256)


@lru_cache(maxsize=4)
def _trigram(data: DataConfig, sha256: str) -> Smoothing:
    """Remembered by what the data are: another data set may come to have the same name."""
    return smoothing(data.load(), 2)
