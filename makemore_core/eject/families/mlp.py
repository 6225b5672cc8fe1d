"""The lectures' MLP as their cells write it: tensors, a formula, and lecture 3's story of initialisation."""

from typing import cast

from makemore_core.eject.families.common import GENERATOR, learned
from makemore_core.eject.part import ModelPart, block, number
from makemore_core.eject.subject import Subject
from makemore_core.models.mlp import MLPConfig

USES = ("model.n_hidden", "model.n_embd", "model.block_size", "seed")


def model(subject: Subject) -> ModelPart:
    """Embedding, one tanh layer, output; batch normalisation by hand if there is any."""
    return section(cast("MLPConfig", subject.config.model))


def section(config: MLPConfig) -> ModelPart:
    """The same for these settings."""
    return ModelPart(
        "The model",
        WORDS + (NORM if config.batch_norm else "") + (NOISE if config.batch_norm and config.norm_noise else ""),
        (
            GENERATOR,
            _drawn(config),
            *((_norm(config),) if config.batch_norm else ()),
            learned(f"[{_names(config)}]"),
            *(("training = True",) if config.batch_norm else ()),
            _formula(config),
        ),
        USES,
        switches=("training",) if config.batch_norm else (),
        state=f"[*parameters, {_running(config)}]" if config.batch_norm else "parameters",
    )


WORDS = (
    "Bengio et al. 2003 as in makemore part 2: each character of the context has a vector, the vectors side by side "
    "go through one tanh layer, and out come the scores of the next character (the logits)."
)
NORM = " Batch normalisation (Ioffe & Szegedy 2015) is written by hand, as in part 3."
NOISE = " Part 4 keeps the bias before it and starts its gain and bias with noise, to check their gradients."


def has_bias(config: MLPConfig) -> bool:
    """Whether b1 is there; batch normalisation takes it away, but lecture 4 keeps it."""
    return not config.batch_norm or config.norm_noise > 0


def _drawn(config: MLPConfig) -> str:
    scale = "" if config.hidden_scale == 1 else f" * {number(config.hidden_scale)}"
    kaiming = " * (5 / 3) / fan_in**0.5" if config.kaiming else ""
    return block(
        "fan_in = block_size * n_embd",
        "C = torch.randn((vocab_size, n_embd), generator=g)",
        f"W1 = torch.randn((fan_in, n_hidden), generator=g){scale}{kaiming}",
        f"b1 = torch.randn(n_hidden, generator=g){times(config.hidden_bias_scale)}" if has_bias(config) else "",
        f"W2 = torch.randn((n_hidden, vocab_size), generator=g){times(config.output_scale)}",
        f"b2 = torch.randn(vocab_size, generator=g){times(config.output_bias_scale)}",
    )


def times(scale: float) -> str:
    """The factor behind a draw; 1 is not written."""
    return "" if scale == 1 else f" * {number(int(scale) if scale == int(scale) else scale)}"


def _norm(config: MLPConfig) -> str:
    noise = number(config.norm_noise)
    apart = "apart = torch.Generator().manual_seed(seed)  # so that the batches are the other nets' batches"
    drawn = f"torch.randn(n_hidden, generator=apart) * {noise}"
    return block(
        apart if config.norm_noise else "",
        f"bngain = torch.ones(n_hidden) + {drawn}" if config.norm_noise else "bngain = torch.ones(n_hidden)",
        f"bnbias = {drawn}" if config.norm_noise else "bnbias = torch.zeros(n_hidden)",
        f"{_running(config)} = torch.zeros(n_hidden), torch.ones(n_hidden)",
    )


def _running(config: MLPConfig) -> str:
    return f"bnmean_running, bn{'var' if config.norm_noise else 'std'}_running"


def _names(config: MLPConfig) -> str:
    names = ("C", "W1", *(("b1",) if has_bias(config) else ()), *(("bngain", "bnbias") if config.batch_norm else ()))
    return ", ".join((*names, "W2", "b2"))


def _formula(config: MLPConfig) -> str:
    bias = " + b1" if has_bias(config) else ""
    inner = f"emb.view(emb.shape[0], -1) @ W1{bias}"
    return block(
        "def model(x):",
        '    """The logits of the next character after each context: (B, T) -> (B, V)."""',
        "    emb = C[x]  # (B, T, n_embd)",
        *(_normalised(config, inner) if config.batch_norm else (f"    h = torch.tanh({inner})  # (B, n_hidden)",)),
        "    return h @ W2 + b2  # (B, V)",
    )


def _normalised(config: MLPConfig, inner: str) -> tuple[str, ...]:
    """Lecture 3 divides by the deviation and tracks it; lecture 4 takes the variance, and eps."""
    spread, deviation = ("var", "torch.sqrt(bnvar + 1e-5)") if config.norm_noise else ("std", "bnstd")
    now, running = f"bn{spread}", f"bn{spread}_running"
    return (
        f"    hpreact = {inner}  # (B, n_hidden)",
        f"    bnmean, {now} = bnmean_running, {running}",
        "    if training:",
        f"        bnmean, {now} = hpreact.mean(0), hpreact.{spread}(0)",
        "        with torch.no_grad():",
        "            bnmean_running.mul_(0.999).add_(0.001 * bnmean)",
        f"            {running}.mul_(0.999).add_(0.001 * {now})",
        f"    h = torch.tanh(bngain * ((hpreact - bnmean) / {deviation}) + bnbias)",
    )
