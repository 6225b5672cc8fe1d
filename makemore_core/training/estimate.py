"""What a run will need, before anything of it is allocated: bytes and seconds.

The net is built of tensors without numbers (torch's meta device), and one batch goes through it: that tells how large
all is that a step keeps for its way back. Where less memory is left than that, the run is refused.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.overrides import TorchFunctionMode

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.engines.compiled import OPERATIONS
from makemore_core.engines.products import is_available
from makemore_core.errors import InputError
from makemore_core.layouts import WINDOWS
from makemore_core.models.language_model import LanguageModel
from makemore_core.vitals import in_bytes, memory

PROGRAM = 160 * 2**20  # bytes that a process's first run takes besides: torch's buffers, compiled loops, what is shown
KEPT = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adam": 2, "adamw": 2}  # numbers of an optimizer for each parameter
COPIES = 7  # of all parameters: gradients twice, those before the step, what it added, weights to look at, a step's own
SAVED = 3  # times that the trainer's state is there while it is saved
BATCHES = 3  # times what a batch keeps on its way: by the engine, in a look, and freed but not given back yet
PARTS = 32  # numbers that a layer keeps for each of its neurons and examples, at most
CALL, KERNEL_CALL = 1.2e-5, 1e-6  # seconds for a function of torch with its way back; for one of the kernel
LOOPS, FEW, MORE = ("rnn", "gru", "lstm"), 16, 32  # what grows evenly with the context is walked for short ones
PROBE = 384  # rows and columns of the product that tells how fast this machine multiplies
NEEDED = (
    "A run of these settings needs about {needed}, but {left} are left: {parameters:,} parameters, and {batch} for a "
    "batch. Lower `batch_size`, `block_size` or the net's sizes."
)


@dataclass(frozen=True)
class Estimate:
    """Of a run: parameters, bytes in all and those of a batch on its way, seconds of training."""

    parameters: int
    bytes: int
    batch: int
    seconds: float

    @property
    def in_words(self) -> str:
        """`340 MB`"""
        return in_bytes(self.bytes)


class Walk(NamedTuple):
    """What a batch meets on its way through a net."""

    parameters: int
    bytes: float
    calls: float  # of functions of torch
    multiplications: float


class _Counted(TorchFunctionMode):
    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.calls += 1
        return func(*args, **(kwargs or {}))


class _Undrawn(TorchFunctionMode):
    """Where there are no numbers, no dice are thrown: torch's own dice for such tensors load a compiler first."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in (torch.randn, torch.rand):
            return torch.empty(*args, device="meta")
        return args[0] if func is Tensor.normal_ else func(*args, **(kwargs or {}))


def check_fits(config: RunConfig, dataset: Dataset) -> None:
    """An InputError with the numbers and the way out where less memory is left than a run needs.

    The estimate is made only where that is in question: its tensors load torch's compiler, which takes a second or two.
    """
    _, left = memory()
    if at_most(config, dataset) < left:
        return
    found = estimated(config, dataset)
    if found.bytes > left:
        sizes = {"needed": in_bytes(found.bytes), "left": in_bytes(left), "batch": in_bytes(found.batch)}
        raise InputError(NEEDED.format(parameters=found.parameters, **sizes))


def at_most(config: RunConfig, dataset: Dataset) -> float:
    """More bytes than `estimated` finds, by sizes alone: every layer as broad and as long as the whole net is."""
    vocab_size, tokens, model = len(dataset.vocabulary), len(dataset.tokens("train")), config.model
    length, broad, deep, heads = (getattr(model, name, 1) for name in ("block_size", "n_hidden", "n_layers", "n_head"))
    width = vocab_size + broad + getattr(model, "n_embd", 1)
    depth = deep + length.bit_length() + 2  # WaveNet fuses its context in so many layers
    parameters = depth * width**2 * (12 + length) + vocab_size ** (length + 1) * (model.name == "counting")
    batch = 4 * BATCHES * (config.batch_size or tokens) * length * depth * (PARTS * width + 4 * heads * length)
    return PROGRAM + 32 * tokens * (length + 1) + 4 * parameters * (COPIES + 4 * SAVED) + batch


def estimated(config: RunConfig, dataset: Dataset) -> Estimate:
    """What a run of these settings needs on this data; asked again, it answers at once."""
    plain = replace(config, seed=0, sampling=RunConfig().sampling, data=RunConfig().data)
    return _estimated(plain, len(dataset.tokens("train")), len(dataset.words), len(dataset.vocabulary), dataset.is_text)


@lru_cache(maxsize=256)
def _estimated(config: RunConfig, tokens: int, words: int, vocab_size: int, is_text: bool) -> Estimate:
    config.model.check()
    model = _without_numbers(config, vocab_size)
    in_windows = model.layout is WINDOWS
    examples = tokens if in_windows or is_text else min(tokens, words + tokens // model.block_size)
    walk = _walk(config, vocab_size, config.batch_size or examples)
    state = 4 * walk.parameters * (1 + KEPT.get(config.optimizer.name, 2))
    data = 8 * examples * (model.block_size + 1) if in_windows or not is_text else 8 * tokens
    batch = BATCHES * walk.bytes
    in_all = PROGRAM + 2 * data + 4 * walk.parameters * COPIES + SAVED * state + batch
    call = KERNEL_CALL if _is_compiled(config, model) else CALL
    step = walk.calls * call + 3 * walk.multiplications / multiplications_a_second()
    seconds = min(config.max_steps * step, config.max_seconds or float("inf"))
    return Estimate(walk.parameters, int(in_all), int(batch), seconds)


def _walk(config: RunConfig, vocab_size: int, rows: int) -> Walk:
    length = config.model.block_size
    if config.model.name not in LOOPS or length <= MORE:
        return _walked(_without_numbers(config, vocab_size), rows, length)
    few, more = (_walked(_without_numbers(config, vocab_size), rows, T) for T in (FEW, MORE))
    share = (length - FEW) / (MORE - FEW)
    return Walk(few.parameters, *(a + share * (b - a) for a, b in zip(few[1:], more[1:], strict=True)))


def _without_numbers(config: RunConfig, vocab_size: int) -> LanguageModel:
    with torch.device("meta"), _Undrawn():
        model = config.model.build(vocab_size, torch.Generator())
    for _, layer in model.all_layers():
        if hasattr(layer, "draw"):
            layer.draw = lambda shape, device=None: torch.empty(shape, device="meta")  # pyright: ignore
    return model


def _place(storage: torch.UntypedStorage) -> int:
    """Which storage it is: on the meta device all say 0 when asked for their address."""
    return storage._cdata  # pyright: ignore[reportPrivateUsage]


def _walked(model: LanguageModel, rows: int, length: int) -> Walk:
    """One batch forward: what is kept for the way back, and each layer's output with its gradient, as in a look."""
    kept: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        kept[_place(storage)] = storage.nbytes()
        alive.append(tensor)  # so that no other storage gets its address
        return tensor

    alive: list[Tensor] = []
    x = torch.zeros((rows, length), dtype=torch.int64, device="meta")
    with model.watched() as outputs, _Counted() as counted, saved_tensors_hooks(keep, keep):
        logits = model(x)
        torch.log_softmax(logits, dim=-1)
    for output in outputs.values():
        keep(output)
    own = {_place(parameter.untyped_storage()) for parameter in model.parameters()}
    gradients = sum(output.nbytes for output in outputs.values()) + 2 * logits.nbytes
    in_all = sum(size for place, size in kept.items() if place not in own) + gradients
    return Walk(len(model.joined.data), in_all, counted.calls, sum(_multiplications(model, outputs)))


def _multiplications(model: LanguageModel, outputs: dict[str, Tensor]) -> Iterator[float]:
    """Of each layer's own matrices; attention's among places are far fewer."""
    for name, layer in model.all_layers():
        if name in outputs and type(layer).__name__ != "Embedding":
            sizes = [p.numel() for p in layer.parameters().values() if p.ndim == 2]
            yield sum(sizes) * outputs[name].numel() / max(1, outputs[name].shape[-1])


def _is_compiled(config: RunConfig, model: LanguageModel) -> bool:
    rows = all(type(layer).__name__ in OPERATIONS for layer in model.layers.values())
    return config.engine in ("auto", "compiled") and is_available() and model.layout is WINDOWS and rows


@lru_cache(maxsize=1)
def multiplications_a_second() -> float:
    """What this machine does in one thread, measured once in a few milliseconds."""
    square = torch.ones((PROBE, PROBE))
    fastest = min(_seconds_of_a_product(square) for _ in range(5))
    return PROBE**3 / fastest


def _seconds_of_a_product(square: Tensor) -> float:
    started = time.perf_counter()
    square @ square  # pyright: ignore[reportUnusedExpression]: only its time counts
    return time.perf_counter() - started
