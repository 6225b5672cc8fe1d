"""GPT-2 in small: attention and an MLP in turns, each added to what was there (Vaswani 2017, Radford 2019)."""

# pyright: basic
from torch.nn import functional as F

from makemore_core.eject.lecture.blocks import Dropout, LayerNorm, causal_softmax
from makemore_core.eject.lecture.given import Linear, n_embd, n_head


class CausalSelfAttention:
    """Each character asks those before it, and itself, what they know: (B, T, n_embd) -> (B, T, n_embd)."""

    def __init__(self):
        self.qkv = Linear(n_embd, 3 * n_embd)
        self.output = Linear(n_embd, n_embd)

    def __call__(self, x):
        q, k, v = (part.unflatten(-1, (n_head, -1)).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        scale = (n_embd // n_head) ** -0.5
        # softmax(q @ k.T * scale) @ v for each head, where nobody looks ahead
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True, scale=scale)  # (B, n_head, T, n_embd / n_head)
        return self.output(out.transpose(1, 2).flatten(2))  # heads side by side

    def parameters(self):
        return self.qkv.parameters() + self.output.parameters()


class AttentionWithDropout:
    """Each character asks those before it, and itself, what they know: (B, T, n_embd) -> (B, T, n_embd)."""

    def __init__(self):
        self.qkv = Linear(n_embd, 3 * n_embd)
        self.output = Linear(n_embd, n_embd)
        self.dropout = Dropout()

    def __call__(self, x):
        q, k, v = (part.unflatten(-1, (n_head, -1)).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        scale = (n_embd // n_head) ** -0.5
        if Dropout.training:
            weights = causal_softmax(q @ k.transpose(-2, -1) * scale)  # (B, n_head, T, T)
            out = self.dropout(weights) @ v  # (B, n_head, T, n_embd / n_head)
        else:
            out = F.scaled_dot_product_attention(q, k, v, is_causal=True, scale=scale)  # the same at once
        return self.dropout(self.output(out.transpose(1, 2).flatten(2)))  # heads side by side

    def parameters(self):
        return self.qkv.parameters() + self.output.parameters()


class MLP:
    """Each character thinks by itself: (B, T, n_embd) -> (B, T, n_embd)."""

    def __init__(self):
        self.hidden, self.output = Linear(n_embd, 4 * n_embd), Linear(4 * n_embd, n_embd)

    def __call__(self, x):
        return self.output(F.gelu(self.hidden(x), approximate="tanh"))

    def parameters(self):
        return self.hidden.parameters() + self.output.parameters()


class MLPWithDropout:
    """Each character thinks by itself: (B, T, n_embd) -> (B, T, n_embd)."""

    def __init__(self):
        self.hidden, self.output = Linear(n_embd, 4 * n_embd), Linear(4 * n_embd, n_embd)
        self.dropout = Dropout()

    def __call__(self, x):
        return self.dropout(self.output(F.gelu(self.hidden(x), approximate="tanh")))

    def parameters(self):
        return self.hidden.parameters() + self.output.parameters()


class Block:
    """First the characters talk, then each thinks by itself; LayerNorm before both."""

    def __init__(self):
        self.norm1, self.attention = LayerNorm(n_embd), CausalSelfAttention()
        self.norm2, self.mlp = LayerNorm(n_embd), MLP()

    def __call__(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))

    def parameters(self):
        return [p for part in (self.norm1, self.attention, self.norm2, self.mlp) for p in part.parameters()]
