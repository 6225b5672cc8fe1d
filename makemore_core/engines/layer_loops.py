"""Loops of fused_layers.py: causal self-attention, head by head (Vaswani et al. 2017, eq. 1; Dao et al. 2022, B.2).

Of a head's queries, keys and values q, k, v (T, D), and the gradient d (T, D) of what it puts out:

    forward     w = softmax of the past of (scale q k^T)       out = w v
    backward    dv = w^T d      dw = d v^T      ds = w (dw - sum of w dw along the row) scale
                dq = ds k       dk = ds^T q

One example after the other is laid out by heads, so that all of this happens in the processor's cache, and what torch
copies between the linear layers and the heads is done on the way.
"""

import numpy as np

from makemore_core.engines.loops import Floats, compiled, exp


@compiled
def attend(qkv: Floats, scale: np.float32, weights: Floats, out: Floats) -> None:
    """qkv (B, T, 3*E) -> out (B, T, E); the weights (B, n_head, T, T) are kept for the way back."""
    B, n_head, T = weights.shape[:3]
    D = out.shape[2] // n_head
    heads, mixed = np.empty((3 * n_head, T, D), dtype=np.float32), np.empty((n_head, T, D), dtype=np.float32)
    for b in range(B):
        lay_out(qkv[b], heads)
        for h in range(n_head):
            q, k, v, w = heads[h], heads[n_head + h], heads[2 * n_head + h], weights[b, h]
            np.dot(q, k.T, w)
            softmax_of_the_past(w, scale)
            np.dot(w, v, mixed[h])
        put_back(mixed, out[b])


@compiled
def attend_backward(dout: Floats, qkv: Floats, scale: np.float32, weights: Floats, dqkv: Floats) -> None:
    """dqkv (B, T, 3*E) from dout (B, T, E) and what attend() took and kept."""
    B, n_head, T = weights.shape[:3]
    D = dout.shape[2] // n_head
    heads, dheads = np.empty((3 * n_head, T, D), dtype=np.float32), np.empty((3 * n_head, T, D), dtype=np.float32)
    dmixed, ds = np.empty((n_head, T, D), dtype=np.float32), np.empty((T, T), dtype=np.float32)
    for b in range(B):
        lay_out(qkv[b], heads)
        lay_out(dout[b], dmixed)
        for h in range(n_head):
            q, k, v, w = heads[h], heads[n_head + h], heads[2 * n_head + h], weights[b, h]
            np.dot(w.T, dmixed[h], dheads[2 * n_head + h])
            np.dot(dmixed[h], v.T, ds)
            softmax_backward(w, ds, scale)
            np.dot(ds, k, dheads[h])
            np.dot(ds.T, q, dheads[n_head + h])
        put_back(dheads, dqkv[b])


@compiled
def softmax_of_the_past(w: Floats, scale: np.float32) -> None:
    """Scores (T, T) become shares in place: row t is spread over the places up to t."""
    for t in range(len(w)):
        row = w[t]
        largest = row[0]
        for s in range(1, t + 1):
            largest = max(largest, row[s])
        total = np.float32(0)
        for s in range(t + 1):
            row[s] = exp(scale * (row[s] - largest))
            total += row[s]
        share = np.float32(1) / total
        for s in range(t + 1):
            row[s] *= share
        row[t + 1 :] = np.float32(0)


@compiled
def softmax_backward(w: Floats, dw: Floats, scale: np.float32) -> None:
    """The gradient of the shares w (T, T) becomes that of the scores before their scale, in place."""
    for t in range(len(w)):
        along = np.float32(0)
        for s in range(t + 1):
            along += w[t, s] * dw[t, s]
        for s in range(t + 1):
            dw[t, s] = scale * w[t, s] * (dw[t, s] - along)
        dw[t, t + 1 :] = np.float32(0)


@compiled
def lay_out(rows: Floats, heads: Floats) -> None:
    """rows (T, n*D), heads side by side -> heads (n, T, D), one after the other."""
    n, T, D = heads.shape
    for t in range(T):
        for h in range(n):
            for i in range(D):
                heads[h, t, i] = rows[t, h * D + i]


@compiled
def put_back(heads: Floats, rows: Floats) -> None:
    """The way back: heads (n, T, D) -> rows (T, n*D)."""
    n, T, D = heads.shape
    for t in range(T):
        for h in range(n):
            for i in range(D):
                rows[t, h * D + i] = heads[h, t, i]


@compiled
def add_to_rows(out: Floats, bias: Floats) -> None:
    """out (rows, H) += bias (H)."""
    for r in range(len(out)):
        for j in range(len(bias)):
            out[r, j] += bias[j]
