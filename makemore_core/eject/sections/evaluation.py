"""The section of the evaluation: the mean loss on each split."""

from makemore_core.eject.lecture import sequences, windows
from makemore_core.eject.part import ModelPart, Part, block, source
from makemore_core.eject.subject import Subject


def evaluation(subject: Subject, model: ModelPart) -> Part:
    """The losses of the splits."""
    switches = tuple(f"{switch} = False" for switch in model.switches)
    over = rows_of(subject, model)
    loop = f'for split, part in splits.items():\n    print(f"{{split:5}} loss {{mean_loss(*{over}(part))!r}}")'
    words = EVALUATION + (SWITCHES[model.switches[0]] if switches else "")
    judge = () if subject.keeps_best else judges(subject, model)
    return Part("The evaluation", words, (*judge, block(*switches, loop)))


EVALUATION = "How surprised is the net by the characters of each split, on average and in nats? -log p, as in part 1."
SWITCHES = {
    "BatchNorm1d.training": " Batch normalisation takes its running means from here on.",
    "training": " Batch normalisation takes its running means from here on.",
    "Dropout.training": " Nothing is dropped from here on.",
}


def judges(subject: Subject, model: ModelPart) -> tuple[str, ...]:
    """The function that computes a mean loss, with those that it needs."""
    if not model.over_sequences:
        return (model.mean_loss or source(windows.mean_loss),)
    rows = (source(sequences.rows_side_by_side),) if subject.dataset.is_text else ()
    return (*rows, source(sequences.mean_loss))


def rows_of(subject: Subject, model: ModelPart) -> str:
    """The function that makes the examples of a split that is judged."""
    return "rows_side_by_side" if subject.dataset.is_text and model.over_sequences else "build_dataset"


def val_of(subject: Subject) -> str:
    """What the script calls the split val; splits that repeat another one have no name of their own."""
    if subject.config.data.split == "whole":
        return "train"
    return "test" if subject.config.data.split == "makemore" and not subject.dataset.is_text else "val"
