"""Names out of a model: draw a character, append it, repeat until the boundary comes.

The default sampler is our own, one uniform number against the cumulative probabilities, because torch.multinomial
draws differently between versions and processors. The lectures' printed names came from torch.multinomial, so it
is there too, drawing as the notebook draws: one character of one name at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from makemore_core.errors import InputError
from makemore_core.knobs import Config, knob
from makemore_core.models.language_model import LanguageModel

LONGEST_NAME = 64  # characters
Drawn = list[list[int]]


@dataclass(frozen=True)
class SamplingConfig(Config):
    """How characters are drawn."""

    temperature: float = knob(1.0, low=0.05, high=5, log=True, help="Below 1 it plays safe, above 1 it dares more.")
    top_k: int = knob(0, low=0, high=100, help="Draw among the k likeliest characters only; 0 draws among all.")
    top_p: float = knob(1.0, low=0.01, high=1, help="Draw among the likeliest characters that hold this share.")
    draw: str = knob("cumulative", options=("cumulative", "multinomial"), help="Our sampler, or the lectures'.")
    longest: int = knob(LONGEST_NAME, low=1, high=LONGEST_NAME, help="A name is cut after so many characters.")
    seed: int = knob(42, low=0, high=2**63 - 1, help="The same seed and the same model give the same names.")


@dataclass(frozen=True, eq=False)
class Roll:
    """One throw of the dice: the probabilities (V), the number from 0 to 1 that fell, and the token that it hit."""

    probabilities: NDArray[np.float32]
    number: float
    token: int


def probabilities(logits: Tensor, config: SamplingConfig) -> Tensor:
    """Softmax after temperature, then top-k, then top-p (Holtzman et al. 2020): (B, V) -> (B, V), rows sum to 1."""
    p = torch.softmax(logits / config.temperature, dim=-1)
    if not config.top_k and config.top_p == 1:
        return p
    ranked, order = p.sort(dim=-1, descending=True)
    keep = torch.ones_like(ranked, dtype=torch.bool)
    if config.top_k:
        keep[:, config.top_k :] = False
    if config.top_p < 1:
        keep &= ranked.cumsum(-1) - ranked < config.top_p  # the character that crosses the share still counts
    kept = torch.zeros_like(p).scatter(-1, order, ranked * keep)
    return kept / kept.sum(-1, keepdim=True)


def next_character(model: LanguageModel, prefix: list[int], config: SamplingConfig) -> list[float]:
    """The probability of each character (V) after a prefix of tokens."""
    with model.evaluating():
        return probabilities(model.after(np.array([prefix], dtype=np.int64)).cpu().double(), config)[0].tolist()


def sample(model: LanguageModel, n: int, config: SamplingConfig, prefix: list[int] | None = None) -> Drawn:
    """n names as token lists without the boundary, each starting with the prefix (tokens)."""
    if n < 0:
        raise InputError(f"`0 <= n` must hold, but got n={n}.")
    generator = Generator().manual_seed(config.seed)
    with model.evaluating():
        return SAMPLERS[config.draw](model, n, config, prefix or [], generator)


def rolls(model: LanguageModel, config: SamplingConfig, prefix: list[int] | None = None) -> tuple[Roll, ...]:
    """Every throw behind the first name that sample() draws by cumulative probabilities, the boundary's among them."""
    (numbers,) = _numbers(1, Generator().manual_seed(config.seed))
    tokens, thrown = list(prefix or []), list[Roll]()
    with model.evaluating():
        for number in numbers[: config.longest]:
            p = probabilities(model.after(np.array([tokens], dtype=np.int64)).cpu(), config)  # (1, V)
            token = int(_hit(p, number[None]).item())
            thrown.append(Roll(p[0].float().numpy(), number.item(), token))
            if not token:
                break
            tokens.append(token)
    return tuple(thrown)


def _numbers(n: int, generator: Generator) -> Tensor:
    """A row of uniform numbers (n, LONGEST_NAME) for each name, so that none depends on how many are drawn."""
    return torch.rand((n, LONGEST_NAME), generator=generator)


def _hit(p: Tensor, number: Tensor) -> Tensor:
    """The token (B) on whose share of the cumulative probabilities (B, V) a number (B) from 0 to 1 falls."""
    cumulative = p.cumsum(-1)
    whole = cumulative[:, -1:]
    # a number that rounds up to the whole would fall beside it
    aim = torch.minimum(number[:, None] * whole, torch.nextafter(whole, torch.zeros_like(whole)))
    hit = torch.searchsorted(cumulative, aim, right=True)[:, 0]
    return hit.clamp_(max=p.shape[1] - 1)  # a net that ran off gives no numbers to fall on


def _cumulative(model: LanguageModel, n: int, config: SamplingConfig, prefix: list[int], generator: Generator) -> Drawn:
    """All names side by side."""
    numbers = _numbers(n, generator)
    start = len(prefix)
    names = np.zeros((n, start + config.longest + 1), dtype=np.int64)  # the last column ends those that are cut
    names[:, :start] = prefix
    alive = np.arange(n)
    for end in range(start, start + config.longest):
        if not len(alive):
            break
        p = probabilities(model.after(names[alive, :end]).cpu(), config)  # (alive, V)
        drawn = _hit(p, numbers[alive, end - start]).numpy()
        names[alive, end] = drawn
        alive = alive[drawn > 0]
    return [row[: row.index(0, start)] for row in names.tolist()]


def _multinomial(
    model: LanguageModel, n: int, config: SamplingConfig, prefix: list[int], generator: Generator
) -> Drawn:
    """One name after the other from one stream, as lecture 3's last cell draws them."""
    return [_one_name(model, config, prefix, generator) for _ in range(n)]


def _one_name(model: LanguageModel, config: SamplingConfig, prefix: list[int], generator: Generator) -> list[int]:
    name = list(prefix)
    for _ in range(config.longest):
        p = probabilities(model.after(np.array([name], dtype=np.int64)).cpu(), config)
        token = int(torch.multinomial(p, num_samples=1, generator=generator).item())
        if not token:
            break
        name.append(token)
    return name


SAMPLERS: dict[str, Callable[[LanguageModel, int, SamplingConfig, list[int], Generator], Drawn]] = {
    "cumulative": _cumulative,
    "multinomial": _multinomial,
}
