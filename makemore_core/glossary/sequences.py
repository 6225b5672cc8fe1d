"""Terms of longer contexts: WaveNet, recurrent nets, attention and the Transformer."""

from makemore_core.glossary import numbers
from makemore_core.glossary.term import Term

L5 = "makemore part 5 (WaveNet)"
GPT = "Let's build GPT; Vaswani et al. 2017"
ATTENTION = "models.attention:"

TERMS = (
    Term(
        "WaveNet", "Characters are fused in pairs, then the pairs, then those: a tree in place of one broad layer.",
        code="models.wavenet:WaveNetConfig", source=f"{L5}; van den Oord et al. 2016",
        related=("Dilated causal convolution", "Context"),
        number=numbers.setting("model.fuse", "{} neighbours at a time"),
    ),
    Term(
        "Dilated causal convolution", "A small layer that slides over the text, looks back only, and skips ever more.",
        "y_t = \\sum_k W_k\\,x_{t - d k}", "models.causal_conv:CausalConv1d", "van den Oord et al. 2016", ("WaveNet",),
        also=("dilation", "convolution"),
    ),
    Term(
        "Bag of words", "The mean of all characters so far: what came counts, in which order does not.",
        "h_t = \\frac{1}{t} \\sum_{i \\le t} x_i", "models.bag_of_words:CausalBag", "makemore.py", ("Attention",),
    ),
    Term(
        "RNN", "A recurrent net: one state that each character changes, however long the text.",
        "h_t = \\tanh(x_t W + h_{t-1} U + b)", "models.recurrent:RNN", "Elman 1990; makemore.py", ("GRU", "LSTM"),
    ),
    Term(
        "Gate", "Numbers between 0 and 1 that decide how much is kept and how much is new.", "\\sigma(x W + b)",
        "models.recurrent:GRU", "Hochreiter & Schmidhuber 1997", ("GRU", "LSTM"), also=("gates",),
    ),
    Term(
        "GRU", "An RNN whose gates decide what of its state to forget and what to renew.",
        "h_t = (1 - z) \\odot h_{t-1} + z \\odot \\tilde h", "models.recurrent:GRU", "Cho et al. 2014", ("RNN", "Gate"),
    ),
    Term(
        "LSTM", "An RNN with a second state, which gates write, keep and read: memory for long distances.",
        "c_t = f \\odot c_{t-1} + i \\odot \\tilde c, \\quad h_t = o \\odot \\tanh c_t", "models.recurrent:LSTM",
        "Hochreiter & Schmidhuber 1997", ("RNN", "Gate"),
    ),
    Term(
        "Attention", "Each character gathers from those before it, weighted by how well they answer what it asks.",
        "\\text{softmax}\\left(\\frac{QK^\\top}{\\sqrt{d}}\\right) V", f"{ATTENTION}CausalSelfAttention", GPT,
        ("Query, key, value", "Causal mask", "Head"), also=("self-attention",),
    ),
    Term(
        "Query, key, value", "What a character asks, what it offers to be found by, and what it then hands over.",
        "Q = xW_Q, \\quad K = xW_K, \\quad V = xW_V", f"{ATTENTION}CausalSelfAttention.averages_by_weights", GPT,
        ("Attention",), also=("queries", "keys"),
    ),
    Term(
        "Head", "One of several attentions side by side, each with a share of the numbers.",
        code=f"{ATTENTION}CausalSelfAttention", source=GPT, related=("Attention",),
        number=numbers.setting("model.n_head", "{} in each block"), also=("heads",),
    ),
    Term(
        "Causal mask", "Forbids a character to look at what comes after it: those scores become minus infinity.",
        "S_{ij} = -\\infty \\;\\text{for}\\; j > i", f"{ATTENTION}causal_softmax", GPT, ("Attention",), also=("mask",),
    ),
    Term(
        "Positional embedding", "A vector for each place in the context, because attention itself knows no order.",
        "x_t = C_{c_t} + P_t", "models.blocks:PositionEmbedding", GPT, ("Embedding", "Attention"),
    ),
    Term(
        "Transformer", "Blocks of attention and an MLP, each added to what came in: GPT, in small.",
        "x \\leftarrow x + \\text{att}(\\text{ln}(x)), \\quad x \\leftarrow x + \\text{mlp}(\\text{ln}(x))",
        "models.transformer:Block", GPT, ("Attention", "LayerNorm", "Residual"),
        numbers.setting("model.n_layers", "{} blocks"), ("GPT",),
    ),
)  # fmt: skip
