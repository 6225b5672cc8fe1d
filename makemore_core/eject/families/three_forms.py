"""The other forms of the MLP: raw tensors, which is the lecture's own form, and an nn.Module."""

from makemore_core.eject.families import mlp
from makemore_core.eject.families.common import COUNT, GENERATOR
from makemore_core.eject.lecture import three_forms
from makemore_core.eject.part import ModelPart, source
from makemore_core.eject.subject import Subject
from makemore_core.models.mlp import MLPConfig


def raw_tensors(subject: Subject) -> ModelPart:
    """Five tensors and a formula: the MLP's own section, with its usual settings."""
    return mlp.section(MLPConfig())


def module(subject: Subject) -> ModelPart:
    """The same as an nn.Module."""
    return ModelPart(
        "The model",
        mlp.WORDS + " Here as an nn.Module, as most of PyTorch is written.",
        (
            source(three_forms.MLP),
            f"{GENERATOR}\nmodel = MLP()\nparameters = list(model.parameters())\n{COUNT}",
        ),
        mlp.USES,
    )
