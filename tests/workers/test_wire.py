"""What arrives is what was sent, and no more than that travels."""

import io

import numpy as np
import pytest
import torch

from makemore_core.datasets import DataConfig
from makemore_core.diagnostics.reading import Text
from makemore_core.training.recorder import Changes, Evaluation, Observation
from makemore_core.workers.wire import packed, read, unpacked, write


@pytest.mark.parametrize("dtype", [torch.float32, torch.int64, torch.uint8, torch.bool, torch.bfloat16])
def test_tensors_arrive_bit_for_bit(dtype: torch.dtype) -> None:
    sent = torch.tensor([[0, 1, 2], [3, 4, 5]]).to(dtype)
    for tensor in (sent, sent.T, sent[:, 1:], sent[0, 0], sent[:0]):
        arrived = unpacked(packed(tensor))
        assert (arrived.dtype, arrived.shape) == (tensor.dtype, tensor.shape)
        assert torch.equal(arrived, tensor)


def test_what_arrives_has_memory_of_its_own() -> None:
    sent = torch.zeros(3)
    arrived = unpacked(packed(sent))
    arrived += 1
    assert sent.tolist() == [0, 0, 0]


def test_a_view_travels_without_what_is_around_it() -> None:
    whole = torch.zeros(1_000_000)
    assert len(packed({"bias": whole[:10]})) < 1_000


def test_news_arrive_whole() -> None:
    seen = Observation(3, {"samples": Text(["emma"])}, {"model.w": torch.ones(2)})
    sent = Changes(np.ones((1, 6)), [Evaluation(3, 2.0, 2.1)], [seen], passing=seen)
    arrived = unpacked(packed(sent))
    assert np.array_equal(arrived.losses, sent.losses)
    assert (arrived.evaluations, arrived.observations, arrived.passing) == ([Evaluation(3, 2.0, 2.1)], [seen], seen)
    assert arrived.observations[0].state["model.w"].tolist() == [1, 1]


def test_a_data_set_arrives_equal(data: DataConfig) -> None:
    dataset = data.load()
    assert unpacked(packed(dataset)) == dataset


def test_a_pipe_gives_message_after_message_until_it_breaks_off() -> None:
    pipe = io.BytesIO()
    write(pipe, "first")
    write(pipe, None)
    write(pipe, "a message that is cut")
    pipe.truncate(pipe.tell() - 1)
    pipe.seek(0)
    assert (read(pipe), read(pipe)) == ("first", None)
    with pytest.raises(EOFError):
        read(pipe)
