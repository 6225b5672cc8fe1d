"""The state of a trainer in an archive: its names, types and shapes are looked at before a number is loaded."""

from collections.abc import Mapping
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Generator, Tensor

from makemore_core.exports.sealed import damaged
from makemore_core.exports.typed import parsed
from makemore_core.joined import kind
from makemore_core.models import ModelConfig

LENGTH = 8  # bytes that say how long the header is; the data begin at a multiple of it
METADATA = "__metadata__"  # what stands in a header beside the tensors
LARGEST_HEADER = 1_000_000  # bytes
TYPES = {torch.float32: "F32", torch.float64: "F64", torch.int32: "I32", torch.int64: "I64", torch.uint8: "U8"}
WHOLE = ("I64", ())
COUNTERS = {"step": WHOLE, "optimizer_steps": WHOLE, "generator": ("U8", tuple(Generator().get_state().shape))}
OF_BEST = {"best_val": ("F32", ()), "best_step": WHOLE}
Shapes = dict[str, tuple[str, tuple[int, ...]]]


class Shape:
    """What every state of a run's trainer looks like: by its settings, without a number of its net being drawn."""

    def __init__(self, config: ModelConfig, vocab_size: int) -> None:
        with torch.device("meta"):
            model = config.build(vocab_size, Generator())
        self.state = shapes_of(model.state())
        self.parameters = shapes_of(model.named_parameters())
        self.numbers = sum(parameter.numel() for parameter in model.named_parameters().values())

    def check(self, content: bytes, what: str, *, is_whole: bool = True) -> dict[str, Tensor]:
        """The tensors of a checkpoint or a snapshot; older snapshots hold the net alone (not `is_whole`)."""
        found = header_of(content, what)
        rest = dict(found)
        if _take(rest, "model.") != self.state:
            raise damaged(f"{what} is of another net than its settings say")
        if rest or is_whole:
            best = _take(rest, "best.")
            expected = COUNTERS | (OF_BEST if best else {})
            optimizer = _take(rest, "optimizer.")
            if rest != expected or best not in ({}, self.state) or not self._is_of_optimizer(optimizer):
                raise damaged(f"{what} is no state of its trainer")
        return _loaded(content, what)

    def _is_of_optimizer(self, found: Shapes) -> bool:
        """Of everything that it keeps, it keeps one for each parameter."""
        kinds = {kind(name) for name in found}
        return found == {f"{name}.{k}": shape for k in kinds for name, shape in self.parameters.items()}


def shapes_of(tensors: Mapping[str, Tensor]) -> Shapes:
    """Type and shape of each tensor."""
    return {name: (TYPES[tensor.dtype], tuple(tensor.shape)) for name, tensor in tensors.items()}


def header_of(content: bytes, what: str) -> Shapes:
    """Type and shape of each tensor, as a safetensors file says before its numbers."""
    header = _header(content, what)
    try:
        return {name: (about["dtype"], tuple(about["shape"])) for name, about in header.items() if name != METADATA}
    except (LookupError, TypeError):
        raise damaged(f"{what} is no safetensors file") from None


def metadata_of(content: bytes, what: str) -> dict[str, str]:
    """What else the header says, by name."""
    return _header(content, what).get(METADATA, {})


def _header(content: bytes, what: str) -> dict[str, Any]:
    length = int.from_bytes(content[:LENGTH], "little")
    if not 0 < length <= min(LARGEST_HEADER, len(content) - LENGTH):
        raise damaged(f"{what} has a header of {length:,} bytes, where at most {LARGEST_HEADER:,} are read")
    header = parsed(content[LENGTH : LENGTH + length], what)
    if not isinstance(header, dict):
        raise damaged(f"{what} is no safetensors file")
    return header


def _take(shapes: Shapes, prefix: str) -> Shapes:
    """Take out what is below a prefix."""
    return {n.removeprefix(prefix): shapes.pop(n) for n in [*shapes] if n.startswith(prefix)}


def _loaded(content: bytes, what: str) -> dict[str, Tensor]:
    state = loaded(content, what)
    try:
        if "generator" in state:
            Generator().set_state(state["generator"])
    except RuntimeError:
        raise damaged(f"{what} has no generator's state") from None
    if any(int(state[name].item()) < 0 for name in ("step", "optimizer_steps", "best_step") if name in state):
        raise damaged(f"{what} counts steps below 0")
    return state


def loaded(content: bytes, what: str) -> dict[str, Tensor]:
    """The tensors of a safetensors file."""
    try:
        return safetensors.torch.load(content)
    except (safetensors.SafetensorError, ValueError, KeyError):
        raise damaged(f"{what} is no safetensors file") from None
