"""What the gradients of the table of operations say, in words: for each input what is multiplied by the incoming g.

A row here explains a row of ops.py, and a test holds the two together: those in LOCAL are formulas with numbers in
them, the others say where g goes.
"""

LOCAL: dict[str, tuple[str, ...]] = {  # number by number: what g is multiplied by
    "add": ("1", "1"),
    "sub": ("1", "-1"),
    "mul": ("b", "a"),
    "div": ("1 / b", "-out / b"),
    "neg": ("-1",),
    "pow": ("power * a**(power - 1)",),
    "scale": ("gamma", "a", "1"),
    "exp": ("out",),
    "log": ("1 / a",),
    "sqrt": ("1 / (2 * out)",),
    "tanh": ("1 - out**2",),
    "sigmoid": ("out * (1 - out)",),
    "relu": ("a > 0",),
    "leaky_relu": ("1 above zero, slope below",),
    "gelu": ("the slope of the curve at a",),
    "masked_fill": ("0 where mask, else 1",),
    "where": ("1 where mask, else 0", "0 where mask, else 1"),
}
WHOLE: dict[str, tuple[str, ...]] = {  # where numbers meet: what becomes of g
    "matmul": ("g @ b.T", "a.T @ g"),
    "linear": ("g @ W.T", "a.T @ g", "g, added up over the rows"),
    "sum": ("g, the same for each number",),
    "mean": ("g / n, the same for each number",),
    "var": ("g * 2 (a - mean) / (n - correction)",),
    "normalise": ("(g - mean(g) - out * sum(g * out) / (n - correction)) / deviation",),
    "max": ("g, where the maximum came from",),
    "softmax": ("out * (g - sum(g * out))",),
    "log_softmax": ("g - exp(out) * sum(g)",),
    "cross_entropy": ("g * (softmax(a) - onehot) / n",),
    "reshape": ("g in the shape of a",),
    "transpose": ("g with the axes exchanged back",),
    "slice": ("g at its place, zeros elsewhere",),
    "gather": ("g, added up at each place that was picked",),
    "concatenate": ("the piece of g that came from here",),
    "pad": ("g without the padding",),
    "shift": ("g, shifted back",),
}


def derivative(op: str, which: int) -> str:
    """What the gradient of input number `which` says; operations of any number of inputs say the same for each."""
    texts = LOCAL.get(op) or WHOLE[op]
    return texts[min(which, len(texts) - 1)]
