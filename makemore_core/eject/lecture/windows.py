"""The lectures' examples: the last block_size characters, and the one that follows."""

# pyright: basic
import torch
from torch.nn import functional as F

from makemore_core.eject.lecture.given import block_size, model, stoi, vocab_size


def build_dataset(words):
    """Every character of every word is predicted once: X (N, T), Y (N)."""
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for ix in [*(stoi[ch] for ch in word), 0]:
            X.append(context)
            Y.append(ix)
            context = [*context[1:], ix]  # the oldest goes
    return torch.tensor(X), torch.tensor(Y)


def build_dataset_of_text(text):
    """Every character of the text is predicted once: X (N, T), Y (N); zeros stand before the first."""
    Y = torch.tensor([stoi[ch] for ch in text])
    X = torch.cat((torch.zeros(block_size, dtype=torch.long), Y)).unfold(0, block_size, 1)[:-1]
    return X, Y


@torch.no_grad()
def mean_loss(X, Y):
    """The mean loss in nats; each distinct context is computed once, and counts as often as it occurs."""
    contexts, which = torch.unique(X, dim=0, return_inverse=True)
    pairs, times = torch.unique(which * vocab_size + Y, return_counts=True)
    row, target = pairs // vocab_size, pairs % vocab_size
    total = 0.0
    for start in range(0, len(contexts), 8192):
        here = (start <= row) & (row < start + 8192)
        log_p = F.log_softmax(model(contexts[start : start + 8192]), dim=-1)
        nats = -log_p[row[here] - start, target[here]].double()
        total += (nats @ times[here].double()).item()
    return total / len(Y)
