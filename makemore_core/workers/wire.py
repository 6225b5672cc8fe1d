"""How jobs and news become bytes: pickled, and a tensor as the numbers it shows.

torch would pickle the storage behind a tensor; ours are views into one long vector, which would travel with each.
"""

import io
import pickle
import struct
from typing import IO, Any

import torch
from torch import Tensor

LENGTH = struct.Struct(">Q")  # before each message on a stream


class Packer(pickle.Pickler):
    """Tensors travel as arrays, and arrive as tensors with memory of their own."""

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Tensor) and obj.dtype != torch.bfloat16:  # which numpy lacks
            return torch.from_numpy, (obj.detach().cpu().numpy(),)
        return NotImplemented


def packed(message: Any) -> bytes:
    """A message as bytes."""
    room = io.BytesIO()
    Packer(room, pickle.HIGHEST_PROTOCOL).dump(message)
    return room.getvalue()


def unpacked(content: bytes) -> Any:
    """The message again. The bytes must come from this program itself: they can name any function."""
    return pickle.loads(content)


def write(stream: IO[bytes], message: Any) -> None:
    """Send a message down a pipe; an OSError if nobody is at its other end."""
    content = packed(message)
    stream.write(LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def read(stream: IO[bytes]) -> Any:
    """The next message of a pipe; an EOFError at its end, also within a message."""
    (length,) = LENGTH.unpack(_exactly(stream, LENGTH.size))
    return unpacked(_exactly(stream, length))


def _exactly(stream: IO[bytes], n: int) -> bytes:
    content = stream.read(n)
    if len(content) < n:
        raise EOFError
    return content
