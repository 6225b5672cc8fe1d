"""What a run with patience does on its way: ask val now and then, keep the best net, and end where it waits in vain."""

from torch import Generator

from makemore_core.eject.part import ModelPart, number
from makemore_core.eject.sections.evaluation import rows_of, val_of
from makemore_core.eject.subject import Subject
from makemore_core.training.run import AFFORDABLE, EVALUATED, FEWEST_EVALUATED

WORDS = (
    " Val is asked now and then, and the best net is kept: training ends once it has not become better for `patience` "
    "steps."
)
JUDGED = '''def is_judged(step):
    """At each step up to 16, then at every second, from 32 on at every fourth, and so on."""
    return step % (1 << max(0, step.bit_length() - 4)) == 0'''


def before(subject: Subject, model: ModelPart) -> tuple[str, ...]:
    """What is judged on the way: as much of val as the run asks; and the best net so far."""
    if not subject.keeps_best:
        return ()
    return (
        f'val = {rows_of(subject, model)}(splits["{val_of(subject)}"]{_part_of_val(subject)})',
        f"best_val, best_step, best = math.inf, 0, {_copy(model.state)}",
    )


def _part_of_val(subject: Subject) -> str:
    val = subject.dataset.parts["val"]
    parameters = subject.config.model.build(subject.vocab_size, Generator()).parameters()
    most = min(EVALUATED, max(FEWEST_EVALUATED, AFFORDABLE // max(1, sum(p.numel() for p in parameters))))
    if subject.dataset.is_text:
        return f"[:{number(most)}]" if most < len(val[0]) else ""
    every = 1 + sum(map(len, val)) // most
    return f"[::{every}]" if every > 1 else ""


def judging(subject: Subject, model: ModelPart) -> tuple[str, ...]:
    """Ask val, keep the best net, lose patience."""
    if not subject.keeps_best:
        return ()
    asked = "" if all(subject.values("patience")) else "patience and "
    return (
        "waited = step - best_step",
        f"if {asked}is_judged(step):",
        *(f"    {switch} = False" for switch in model.switches),
        "    val_loss = mean_loss(*val)",
        *(f"    {switch} = True" for switch in model.switches),
        "    if val_loss < best_val:",
        f"        best_val, best_step, best = val_loss, step, {_copy(model.state)}",
        f"if {asked}waited >= patience:",
        "    break",
    )


def after(subject: Subject, model: ModelPart) -> tuple[str, ...]:
    """Back to the best net."""
    if not subject.keeps_best:
        return ()
    said = 'print(f"the net of step {best_step} is the best")'
    if model.state == "layers":
        return "layers = best", said
    return f"for t, kept in zip({model.state}, best, strict=True):", "    t.data = kept", said


def _copy(state: str) -> str:
    return "copy.deepcopy(layers)" if state == "layers" else f"[t.detach().clone() for t in {state}]"
