"""The weights as a safetensors file: parameters and buffers by our names, and in its metadata all that a copy needs."""

from typing import Any

import orjson
import safetensors
import safetensors.torch
from torch import Generator

from makemore_core.config import RunConfig
from makemore_core.errors import InputError
from makemore_core.exports.kept import Kept
from makemore_core.exports.tensors import LENGTH, METADATA, Shape, header_of, metadata_of
from makemore_core.models.language_model import LanguageModel
from makemore_core.sharing import portable

# How any program with torch alone opens the file: printed on the page, run by the tests as it stands.
LOADER = """\
import json, torch

raw = bytearray(open("{file}", "rb").read())
start = 8 + int.from_bytes(raw[:8], "little")
header = json.loads(raw[8:start])
about = header.pop("__metadata__")  # settings, alphabet, losses
weights = {{}}
for name, tensor in header.items():
    begin, end = (start + offset for offset in tensor["data_offsets"])
    numbers = torch.frombuffer(raw[begin:end], dtype={dtype})
    weights[name] = numbers.view(tensor["shape"])
"""


def weights_file(kept: Kept) -> bytes:
    """The net after the shown step as safetensors bytes; of equal weights and settings equal bytes."""
    state = {name: tensor.detach().cpu().clone() for name, tensor in kept.model.state().items()}
    return _in_order(safetensors.torch.save(state, about(kept)))


def loader(model: LanguageModel, file: str) -> str:
    """The lines of Python that open a model's weights file; all tensors of a model are of one type, of four bytes."""
    (dtype,) = {tensor.dtype for tensor in model.state().values()}
    return LOADER.format(file=file, dtype=dtype)


def tensors_of(model: LanguageModel) -> list[dict[str, Any]]:
    """What the file holds, tensor by tensor: its name, its shape in words, how many numbers it has."""
    return [
        {"tensor": name, "shape": " × ".join(map(str, tensor.shape)), "numbers": tensor.numel()}
        for name, tensor in model.state().items()
    ]


def about(kept: Kept) -> dict[str, str]:
    """The file's metadata: plain words, and JSON where there is more than one value."""
    last = kept.evaluation
    losses = {"steps": last.step, "train": last.train, "val": last.val} if last else {}
    values: dict[str, str | dict[str, Any] | list[str]] = {
        "format": "pt",
        "run": kept.row.id,
        "preset": kept.row.preset,
        "config": portable(kept.config_now).to_dict(),
        "step": str(kept.step),
        "vocabulary": list(kept.dataset.vocabulary.itos),
        "dataset": kept.dataset.name,
        "dataset_sha256": kept.dataset.sha256,
        "losses": losses,
        "weights_sha256": kept.fingerprint,
    }
    return {key: value if isinstance(value, str) else orjson.dumps(value).decode() for key, value in values.items()}


def model_of(content: bytes) -> tuple[LanguageModel, dict[str, str]]:
    """The model that a file of weights_file() holds, in evaluation, and its metadata; InputError for any other file."""
    try:
        shapes, metadata = header_of(content, "it"), metadata_of(content, "it")
        config, itos = (orjson.loads(metadata[key]) for key in ("config", "vocabulary"))
        run = RunConfig.from_dict(config)
        if shapes != Shape(run.model, len(itos)).state:
            raise ValueError
        state = safetensors.torch.load(content)
    except (safetensors.SafetensorError, LookupError, TypeError, ValueError):
        raise InputError(
            "These are no weights that Makemore Lab wrote, or no longer as it did; export them anew."
        ) from None
    model = run.model.build(len(itos), Generator().manual_seed(run.seed))
    model.load(state)
    model.train(False)
    return model, metadata


def _in_order(content: bytes) -> bytes:
    """The same file with its metadata sorted: safetensors writes them in another order each time."""
    end = LENGTH + int.from_bytes(content[:LENGTH], "little")
    header = orjson.loads(content[LENGTH:end])
    written = orjson.dumps(header | {METADATA: dict(sorted(header[METADATA].items()))})
    padded = written + b" " * (-len(written) % LENGTH)
    return len(padded).to_bytes(LENGTH, "little") + padded + content[end:]
