"""makemore.py's examples: a word is one row, and each of its places predicts the next character."""

# pyright: basic
import torch
from torch.nn import functional as F

from makemore_core.eject.lecture.given import block_size, model, stoi


def build_dataset(words):
    """A row for each word, padded with 0, the padding's targets with -1: X (M, T), Y (M, T)."""
    X, Y = [], []
    for word in words:
        x = [0, *(stoi[ch] for ch in word)]
        y = [*x[1:], 0]
        padding = block_size - len(x)
        X.append(x + [0] * padding)
        Y.append(y + [-1] * padding)
    return torch.tensor(X), torch.tensor(Y)


def build_dataset_of_long_words(words):
    """Rows padded with 0, the padding's targets with -1: X (M, T), Y (M, T). A long word goes on in the next row."""
    X, Y = [], []
    for word in words:
        ix = [0, *(stoi[ch] for ch in word), 0]
        for start in range(0, len(ix) - 1, block_size):
            x, y = ix[:-1][start : start + block_size], ix[1:][start : start + block_size]
            padding = block_size - len(x)
            X.append(x + [0] * padding)
            Y.append(y + [-1] * padding)
    return torch.tensor(X), torch.tensor(Y)


def encode(text):
    """A number for each character; 0 is the line's end."""
    return torch.tensor([stoi[ch] for ch in text])


def build_dataset_of_text(text):
    """A row from every place where one can start: X (N - T, T), Y (N - T, T)."""
    rows = encode(text).unfold(0, block_size + 1, 1)
    return rows[:, :-1], rows[:, 1:]


def rows_side_by_side(text):
    """Rows that do not overlap, so that each character is predicted once; the last is padded: X (M, T), Y (M, T)."""
    ix = encode(text)
    padding = -len(ix) % block_size
    X = F.pad(ix[:-1], (1, padding), value=0)
    Y = F.pad(ix, (0, padding), value=-1)
    return X.view(-1, block_size), Y.view(-1, block_size)


@torch.no_grad()
def mean_loss(X, Y):
    """The mean loss in nats of all characters; rows of one length are computed together."""
    lengths = (Y != -1).sum(1)
    total = 0.0
    for part in lengths.argsort(stable=True).split(max(1, 8192 // block_size)):
        longest = lengths[part[-1]]
        y = Y[part, :longest].flatten()
        here = y != -1
        log_p = F.log_softmax(model(X[part, :longest]), dim=-1).flatten(0, 1)
        nats = -log_p[here, y[here]].double()
        total += (nats @ torch.ones_like(nats)).item()  # their sum
    return total / lengths.sum().item()
