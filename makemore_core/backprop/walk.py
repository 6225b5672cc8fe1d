"""A network's long form on a batch: every value, every gradient by hand, and beside it the one that autograd finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from makemore_core.backprop.line import Line, Values, run
from makemore_core.backprop.long_form import LongForm, long_form
from makemore_core.models.language_model import LanguageModel


@dataclass(frozen=True, eq=False)
class Walk:
    """All that the lines come to, by name: the values, and their gradients by hand and by autograd."""

    form: LongForm
    values: Values  # with the parameters, x and y
    gradients: Values  # in the order in which they are found
    autograd: Values


def walk(model: LanguageModel, x: Tensor, y: Tensor, dtype: torch.dtype = torch.float32) -> Walk:
    """The model's lines on a batch x (B, T), y (B), as in a training step; the model itself does not notice."""
    form, known = long_form(model), model.named_parameters()
    parameters = {short: known[name].detach().to(dtype) for short, name in form.parameters.items()}
    return Walk(form, *there_and_back(form.forward, form.backward, parameters, x, y))


def there_and_back(
    forward: Sequence[Line], backward: Sequence[Line], parameters: Mapping[str, Tensor], x: Tensor, y: Tensor
) -> tuple[Values, Values, Values]:
    """Values, gradients by hand, and those that autograd finds at the same values."""
    leaves = {name: p.detach().requires_grad_() for name, p in parameters.items()}
    values = run(forward, {**leaves, "x": x, "y": y})
    names = [line.at for line in backward]
    found = torch.autograd.grad(values["loss"], [values[name] for name in names])
    known = {name: value.detach() for name, value in values.items()}
    with torch.no_grad():
        by_hand = run(backward, known)
    return known, {line.at: by_hand[line.name] for line in backward}, dict(zip(names, found, strict=True))
