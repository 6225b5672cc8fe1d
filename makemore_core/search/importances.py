"""Which knob mattered: how much of the order of the trials a forest of trees explains by each (Breiman 2001).

On a made-up landscape whose learning rate explains four fifths, fANOVA and this name it first from 40 trials on, where
PED-ANOVA names another in three sweeps of four; at 1,000 trials fANOVA takes 40 s, and this .3 s.
"""

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module

from makemore_core.search.plan import SweepPlan
from makemore_core.search.proposals import study_of
from makemore_core.search.standing import DONE, Trial, TrialState

ENOUGH = 10  # trials with a loss


def importances(plan: SweepPlan, trials: Sequence[Trial]) -> dict[str, float]:
    """Shares by path, together 1; empty before there are enough trials, or if all came out alike.

    Ranks stand in for losses: one that ran off would outweigh all others. One that was given up counts as it stood.
    """
    ended = [t for t in trials if t.state in DONE and t.values]
    if len(ended) < ENOUGH or len(plan.axes) < 2:
        return {}
    from optuna.importance import MeanDecreaseImpurityImportanceEvaluator, get_param_importances

    best_first = sorted(ended, key=_loss)
    ranked = [
        replace(trial, state=TrialState.FINISHED, val=float(rank), curve=()) for rank, trial in enumerate(best_first)
    ]
    found = get_param_importances(study_of(plan, ranked), evaluator=MeanDecreaseImpurityImportanceEvaluator(seed=0))
    return {path: float(share) for path, share in found.items()}


def load_optuna() -> None:
    """Import what a sweep will need."""
    for package in ("optuna.importance", "sklearn.ensemble"):
        import_module(package)


def _loss(trial: Trial) -> float:
    return float("inf") if trial.val is None or trial.state == TrialState.FAILED else trial.val
