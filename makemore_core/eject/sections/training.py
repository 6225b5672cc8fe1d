"""The section of training: the four lines that everybody knows, and around them what the run asks for."""

from makemore_core.eject.lecture import optimizers, schedules
from makemore_core.eject.part import ModelPart, Part, block, number, source
from makemore_core.eject.sections import patience
from makemore_core.eject.sections.evaluation import judges
from makemore_core.eject.subject import Subject

FOUR = "The loop: draw a batch, compute the loss, let the gradients flow back, and move the parameters against them."
COUNTED = (
    "Learning is counting: the loss of a batch under the counts so far, then the batch is counted. Without a gradient "
    "there is nothing for an optimizer to do."
)
STEP = ("for p in parameters:", "    p.data += -{rate} * p.grad")


def training(subject: Subject, model: ModelPart) -> Part:
    """Optimizer, schedule and loop."""
    judged = subject.keeps_best
    before = (*judges(subject, model), patience.JUDGED) if judged else ()
    rule = () if model.counts else (*_schedule(subject), *_optimizer(subject))
    words = COUNTED if model.counts else FOUR
    return Part(
        "Training",
        words + (patience.WORDS if judged else ""),
        (*before, *rule, _loop(subject, model)),
        (*(("batch_size",) if any(subject.values("batch_size")) else ()), "max_steps", *_uses(subject, model)),
    )


def _uses(subject: Subject, model: ModelPart) -> tuple[str, ...]:
    config = subject.config
    paths = ("patience",) if subject.keeps_best else ()
    if model.counts:
        return paths
    optimizer = [f"optimizer.{name}" for name in config.optimizer.to_dict() if name not in ("weight_decay", "nesterov")]
    decay = ("optimizer.weight_decay",) if config.optimizer.weight_decay else ()
    schedule = [f"schedule.{name}" for name in config.schedule.to_dict() if _moves(subject)]
    if config.schedule.name == "cosine" and not config.settings()["schedule.warm_up"]:
        schedule.remove("schedule.warm_up")
    return (*optimizer, *decay, *schedule, *(("clip",) if config.clip else ()), *paths)


def _moves(subject: Subject) -> bool:
    """Whether the learning rate ever changes by its schedule."""
    schedule = subject.config.schedule
    if schedule.name in ("drop", "step"):
        first = subject.config.settings()["schedule.drop_at" if schedule.name == "drop" else "schedule.every"]
        return int(first) < subject.max_steps
    return schedule.name != "constant"


FACTORS = {
    "step": "decay ** (step // every)",
    "warm-up": "min((step + 1) / (warm_up + 1), 1.0)",
    "cosine": "cosine(step)",
    "one-cycle": "one_cycle(step)",
    "ramp": "ramp_from ** max(0.0, 1 - step / (over - 1))",
}


def _rate(subject: Subject) -> tuple[str, str]:
    """The name of the rate in a step, and the line that computes it, if there is one."""
    name = subject.config.schedule.name
    if not _moves(subject):
        return "learning_rate", ""
    if name == "drop":
        return "lr", "lr = learning_rate if step < drop_at else learning_rate * drop_to"
    return "lr", f"lr = learning_rate * {FACTORS[name]}"


def _schedule(subject: Subject) -> tuple[str, ...]:
    schedule = subject.config.schedule
    if schedule.name == "one-cycle":
        return (source(schedules.one_cycle),)
    if schedule.name == "cosine":
        warm = subject.config.settings()["schedule.warm_up"]
        return (source(schedules.cosine_after_warm_up if warm else schedules.cosine, name="cosine"),)
    return ()


OPTIMIZERS = {
    "momentum": optimizers.Momentum,
    "rmsprop": optimizers.RMSProp,
    "adam": optimizers.Adam,
    "adamw": optimizers.Adam,
}
NESTEROV = {"p.data += -lr * velocity": "p.data += -lr * (p.grad + momentum * velocity)  # looks one step ahead"}


def _optimizer(subject: Subject) -> tuple[str, ...]:
    optimizer = subject.config.optimizer
    if optimizer.name not in OPTIMIZERS:
        return ()
    swaps = NESTEROV if subject.config.settings().get("optimizer.nesterov") else {}
    kind = OPTIMIZERS[optimizer.name]
    return source(kind, swaps), f"optimizer = {kind.__name__}(parameters)"


def _loop(subject: Subject, model: ModelPart) -> str:
    """The loop, in groups of lines."""
    groups = (
        (*_changes(subject), *patience.judging(subject, model)),
        ("# a batch", *_batch(subject, model)),
        ("# forward", *_forward(subject, model)),
        *((("# count", *COUNTING),) if model.counts else _backward(subject)),
        ("if step % print_every == 0 or step == max_steps - 1:", '    print(f"step {step:6d}: loss {loss.item()!r}")'),
    )
    loop = "\n\n".join(block(*group, indent=1) for group in groups if group)
    return block(
        *patience.before(subject, model), "for step in range(max_steps):", loop, *patience.after(subject, model)
    )


def _changes(subject: Subject) -> tuple[str, ...]:
    """What was changed while the run trained."""
    lines: list[str] = []
    for step, settings in subject.changes.items():
        names = ", ".join(path.rpartition(".")[2] for path in settings)
        values = ", ".join(number(value) for value in settings.values() if not isinstance(value, str))
        waits = ("    best_step = step",) if subject.begins_to_wait(step) and subject.keeps_best else ()
        lines += [f"if step == {number(step)}:  # changed while it trained", f"    {names} = {values}", *waits]
    return tuple(lines)


def _batch(subject: Subject, model: ModelPart) -> tuple[str, ...]:
    """The step's examples."""
    sizes = [bool(size) for size in subject.values("batch_size")]
    trim = model.over_sequences and not subject.dataset.is_text
    trimmed = (
        (
            "longest = int((yb != -1).any(0).sum())  # of its names; behind it all is padding",
            "xb, yb = xb[:, :longest], yb[:, :longest]",
        )
        if trim
        else ()
    )
    drawn = ("ix = torch.randint(0, len(X), (batch_size,), generator=g)", "xb, yb = X[ix], Y[ix]", *trimmed)
    if all(sizes):
        return drawn
    if not any(sizes):
        return ("xb, yb = X, Y  # all examples at once",)
    return ("xb, yb = X, Y  # all examples at once", "if batch_size:", *(f"    {line}" for line in drawn))


COUNTING = (
    "cells = row(xb) * vocab_size + yb",
    "N += torch.bincount(cells, minlength=N.numel()).view_as(N).int()",
)


def _forward(subject: Subject, model: ModelPart) -> tuple[str, ...]:
    """The loss of the batch."""
    usual = "F.cross_entropy(model(xb), yb)"
    if model.over_sequences:
        usual = "F.cross_entropy(model(xb).flatten(0, 1), yb.flatten(), ignore_index=-1)"
    loss = model.loss or f"loss = {usual}"
    if subject.config.precision == "bfloat16":
        return 'with torch.autocast("cpu", torch.bfloat16):', f"    {loss}"
    return (loss,)


def _backward(subject: Subject) -> tuple[tuple[str, ...], ...]:
    """The gradients, and the step against them."""
    name, rate = _rate(subject)
    is_sgd = subject.config.optimizer.name == "sgd"
    step = tuple(line.format(rate=name) for line in STEP) if is_sgd else (f"optimizer.step({name})",)
    return (
        ("# backward", "for p in parameters:", "    p.grad = None", "loss.backward()", *_clip(subject)),
        ("# update", rate, *_decay(subject, name), *step),
    )


def _clip(subject: Subject) -> tuple[str, ...]:
    if not subject.config.clip:
        return ()
    return (
        "norm = math.sqrt(sum((p.grad * p.grad).sum() for p in parameters))  # Pascanu et al. 2013",
        "for p in parameters:",
        "    p.grad *= min(clip / (norm + 1e-6), 1.0)",
    )


def _decay(subject: Subject, rate: str) -> tuple[str, ...]:
    optimizer = subject.config.optimizer
    if not optimizer.weight_decay:
        return ()
    if optimizer.name == "adamw":
        line = f"    p.data *= 1 - {rate} * weight_decay  # beside Adam's step (Loshchilov & Hutter 2019)"
    else:
        line = "    p.grad += weight_decay * p.data  # the gradient of weight_decay / 2 * the squared weights"
    return "for p in parameters:", line
