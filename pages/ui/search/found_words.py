"""What a sweep has found, in a sentence for each question."""

from collections.abc import Mapping

from makemore_core.charts.sweep import SLIGHT
from makemore_core.charts.sweep_board import finished, in_words, is_sound, yardstick
from makemore_core.search.standing import Standing
from pages.ui.literal import literal
from pages.ui.search.names import names_of, own_name


def best_in_words(standing: Standing) -> str:
    """The best trial with its settings, and how it stands to the yardstick."""
    best, own = standing.best_trial, yardstick(standing)
    so_far = " so far" if standing.state in ("running", "stopping") else ""
    if best is None or not is_sound(best.val):
        return f"**Best{so_far}:** {'the first trial is still on its way' if so_far else 'no trial came to its end'}."
    settings = literal(in_words(best.values, names_of(standing.plan)))
    words = f"**Best{so_far}: val {best.val:.4f}** with {settings}"
    if own is None or own.val is None or own.state != "finished" or not is_sound(own.val):
        return f"{words}."
    name, gained = own_name(standing.plan), own.val - best.val
    if own.number == best.number:
        return f"{words}: nothing beats {name}{so_far}."
    return f"{words}, {gained:.3f} nats below {name} ({own.val:.4f}) after as many steps."


def importances_in_words(standing: Standing, names: Mapping[str, str]) -> str:
    """The knob that decides most, and those that hardly matter."""
    if not standing.importances:
        return f"**Which knob mattered?** That takes some more trials; {len(finished(standing))} have finished."
    order = sorted(standing.importances, key=lambda path: -standing.importances[path])
    first, share = order[0], standing.importances[order[0]]
    words = f"**{literal(names[first])}** decides most: {share:.0%} of how val differs from trial to trial."
    slight = [names[path] for path in order[1:] if standing.importances[path] < SLIGHT]
    if slight:
        words += f" {literal(', '.join(slight))} hardly {'matters' if len(slight) == 1 else 'matter'} in these ranges."
    return words
