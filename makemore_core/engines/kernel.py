"""The by-hand mathematics as one Numba kernel: many steps in a call, without the interpreter's lock.

Formulas, from Karpathy's makemore part 4 (backpropagation by hand) and part 5 (positions as further examples); rows
are examples, or examples times positions, n of them; d is the gradient of the loss at what a layer gave:

    embedding   out = C[x]                            dC[x] += d
    linear      out = x @ W + b                       dW = x.T @ d     db = sum d     dx = d @ W.T
    both        P_t = C @ W_t, out = sum P_t[x_t] + b dP_t[x_t] += d   dW_t = C.T @ dP_t   dC = sum dP_t @ W_t.T
    batch norm  raw = (x - mean) / deviation          dgamma = sum d * raw            dbeta = sum d
                out = gamma * raw + beta              dx = gamma / deviation * (d - dbeta / n - raw * dgamma / (n - 1))
    tanh        out = tanh(x)                         dx = d * (1 - out * out)
    leaky relu  out = x or slope * x                  dx = d or slope * d; slope 0 is the plain ReLU
    loss        mean of -log softmax(logits)[y]       dlogits = (softmax - onehot) / n

"Both" is a linear layer on embeddings t = 0, 1, ... side by side, W_t its rows that meet the t-th of them: where there
are many more rows than letters in the alphabet, it is shorter to multiply each letter once and to add what came out.

The deviation is sqrt(variance + eps) with the unbiased variance (n - 1). Laying neighbours side by side, as Flatten and
FlattenConsecutive do, moves nothing in memory: rows become fewer and wider.

A net is a table of operations, one row each, in the columns below. Parameters, gradients and what an optimizer keeps
are flat vectors, in which an operation knows its place. Activations lie on a flat tape; nonlinearities and batch norm
overwrite what they took, because their way back needs only what they gave, or `raw`.
"""

import numpy as np

from makemore_core.engines.loops import CLIP, Doubles, Floats, Ints, compiled, exp, tanh, update

EMBEDDING, LINEAR, EMBEDDED_LINEAR, BATCH_NORM, TANH, LEAKY_RELU = range(6)

# columns of an operation; places are offsets into the flat vectors, -1 where there is none
KIND, ROWS, FAN_IN, FAN_OUT, WEIGHT, BIAS, INPUT, OUTPUT, RAW, RUNNING, TABLE, VOCAB, SPAN = range(13)
COLUMNS = 13
EPS, RATE, SLOPE = range(3)  # columns of its numbers: batch norm's eps and momentum; leaky relu's slope
NUMBERS = 3

MANY_ROWS, CACHED = 48, 16384  # from where on, and up to which size, it pays to turn a matrix before a product
UNPACKED = 1_000_000  # multiply-adds; OpenBLAS takes a product up to there as it lies, and copies larger ones first


@compiled
def train(
    program: Ints,
    numbers: Doubles,
    params: Floats,
    grads: Floats,
    running: Floats,
    tape: Floats,
    work: Floats,
    x: Ints,
    y: Ints,
    batches: Ints,
    rates: Doubles,
    rule: int,
    settings: Doubles,
    m: Floats,
    v: Floats,
    steps: int,
    losses: Doubles,
) -> None:
    """Take one step for each row of `batches` (k, B): indices into x (N, T) and y (N). The losses (k) come back.

    `program` (operations, COLUMNS) and `numbers` (operations, NUMBERS) are the net; `tape` holds activations, `work`
    (2, largest activation) gradients on their way back; `rates` (k) are learning rates; `rule` and `settings` are
    update()'s, `steps` counts the updates before these.
    """
    for k in range(len(batches)):
        forward(program, numbers, params, running, tape, x, batches[k], True)
        losses[k] = cross_entropy(program[-1], tape, work, y, batches[k])
        backward(program, numbers, params, grads, tape, work, x, batches[k])
        clip(grads, settings[CLIP])
        update(rule, settings, params, grads, m, v, rates[k], steps + k + 1)


@compiled
def split_nats(
    program: Ints,
    numbers: Doubles,
    params: Floats,
    running: Floats,
    tape: Floats,
    x: Ints,
    row: Ints,
    target: Ints,
    times: Doubles,
) -> float:
    """The sum of `times` (P) * -log p of each target (P) after the context x[row] (U, T); `row` (P) ascends.

    Contexts go through the net as many at once as it has rows for; the last ones are joined by repetitions.
    """
    last = program[-1]
    size, width = last[ROWS], last[FAN_OUT]
    total, p = 0.0, 0
    for start in range(0, len(x), size):
        block = np.minimum(np.arange(start, start + size), len(x) - 1)
        forward(program, numbers, params, running, tape, x, block, False)
        while p < len(row) and row[p] < start + size:
            here = row[p]
            place = last[OUTPUT] + (here - start) * width
            logits = tape[place : place + width]
            top = logits.max()
            summed = np.float32(0)
            for j in range(width):
                summed += exp(logits[j] - top)
            log = np.log(float(summed))
            while p < len(row) and row[p] == here:
                total += times[p] * (log - (logits[target[p]] - top))
                p += 1
    return total


@compiled
def forward(
    program: Ints,
    numbers: Doubles,
    params: Floats,
    running: Floats,
    tape: Floats,
    x: Ints,
    batch: Ints,
    training: bool,
) -> None:
    """All operations in their order; logits end up on the tape where the last one puts them."""
    for i in range(len(program)):
        op = program[i]
        rows, fan_in, fan_out = op[ROWS], op[FAN_IN], op[FAN_OUT]
        out = tape[op[OUTPUT] : op[OUTPUT] + rows * fan_out]
        if op[KIND] == EMBEDDING:
            look_up(params[op[WEIGHT] :], x, batch, fan_out, out)
        elif op[KIND] == LINEAR:
            taken = tape[op[INPUT] : op[INPUT] + rows * fan_in].reshape((rows, fan_in))
            weight = params[op[WEIGHT] : op[WEIGHT] + fan_in * fan_out].reshape((fan_in, fan_out))
            multiply(taken, weight, out.reshape((rows, fan_out)))
        elif op[KIND] == EMBEDDED_LINEAR:
            table, weight, products = embedded(op, params, tape)
            embed_and_multiply(table, weight, x, batch, products, out.reshape((rows, fan_out)))
        if op[KIND] == LINEAR or op[KIND] == EMBEDDED_LINEAR:
            if op[BIAS] >= 0:
                add_to_rows(out, params[op[BIAS] : op[BIAS] + fan_out], rows)
        elif op[KIND] == BATCH_NORM:
            gamma, beta = params[op[WEIGHT] : op[WEIGHT] + fan_out], params[op[BIAS] : op[BIAS] + fan_out]
            raw = tape[op[RAW] : op[RAW] + rows * fan_out]
            deviation = tape[op[RAW] + rows * fan_out : op[RAW] + rows * fan_out + fan_out]
            tracked = running[op[RUNNING] : op[RUNNING] + 2 * fan_out]
            if training:
                normalise(out, gamma, beta, raw, deviation, tracked, numbers[i, EPS], numbers[i, RATE], rows)
            else:
                normalise_as_tracked(out, gamma, beta, tracked, numbers[i, EPS], rows)
        elif op[KIND] == TANH:
            for j in range(len(out)):
                out[j] = tanh(out[j])
        elif op[KIND] == LEAKY_RELU:
            slope = np.float32(numbers[i, SLOPE])
            for j in range(len(out)):
                out[j] = max(out[j], np.float32(0)) + slope * min(out[j], np.float32(0))


@compiled
def backward(
    program: Ints, numbers: Doubles, params: Floats, grads: Floats, tape: Floats, work: Floats, x: Ints, batch: Ints
) -> None:
    """All operations in reverse; work[0] holds dlogits at first, then each time the gradient of what was given."""
    here = 0
    for i in range(len(program) - 1, -1, -1):
        op = program[i]
        rows, fan_in, fan_out = op[ROWS], op[FAN_IN], op[FAN_OUT]
        d = work[here, : rows * fan_out]
        out = tape[op[OUTPUT] : op[OUTPUT] + rows * fan_out]
        if op[KIND] == EMBEDDING:
            look_up_backward(d, x, batch, fan_out, grads[op[WEIGHT] : op[WEIGHT] + fan_in * fan_out])
        elif op[KIND] == LINEAR:
            taken = tape[op[INPUT] : op[INPUT] + rows * fan_in].reshape((rows, fan_in))
            weight = params[op[WEIGHT] : op[WEIGHT] + fan_in * fan_out].reshape((fan_in, fan_out))
            dweight = grads[op[WEIGHT] : op[WEIGHT] + fan_in * fan_out].reshape((fan_in, fan_out))
            d2 = d.reshape((rows, fan_out))
            np.dot(taken.T, d2, dweight)
            if op[BIAS] >= 0:
                sum_rows(d, rows, grads[op[BIAS] : op[BIAS] + fan_out])
            multiply_transposed(d2, weight, work[1 - here, : rows * fan_in].reshape((rows, fan_in)))
            here = 1 - here
        elif op[KIND] == EMBEDDED_LINEAR:
            if op[BIAS] >= 0:
                sum_rows(d, rows, grads[op[BIAS] : op[BIAS] + fan_out])
            table, weight, dproducts = embedded(op, params, tape)
            dtable, dweight, _ = embedded(op, grads, tape)
            part = work[1 - here, : dtable.size].reshape(dtable.shape)
            embed_and_multiply_backward(
                d.reshape((rows, fan_out)), table, weight, x, batch, dproducts, dtable, dweight, part
            )
        elif op[KIND] == BATCH_NORM:
            gamma = params[op[WEIGHT] : op[WEIGHT] + fan_out]
            dgamma, dbeta = grads[op[WEIGHT] : op[WEIGHT] + fan_out], grads[op[BIAS] : op[BIAS] + fan_out]
            raw = tape[op[RAW] : op[RAW] + rows * fan_out]
            deviation = tape[op[RAW] + rows * fan_out : op[RAW] + rows * fan_out + fan_out]
            normalise_backward(d, gamma, raw, deviation, dgamma, dbeta, rows)
        elif op[KIND] == TANH:
            for j in range(len(d)):
                d[j] *= np.float32(1) - out[j] * out[j]
        elif op[KIND] == LEAKY_RELU:
            slope = np.float32(numbers[i, SLOPE])
            for j in range(len(d)):
                d[j] = d[j] if out[j] > 0 else slope * d[j]


@compiled
def look_up(table: Floats, x: Ints, batch: Ints, width: int, out: Floats) -> None:
    """The vectors of all characters of the batch's contexts, side by side."""
    T = x.shape[1]
    for b in range(len(batch)):
        for t in range(T):
            vector = table[x[batch[b], t] * width : (x[batch[b], t] + 1) * width]
            place = out[(b * T + t) * width : (b * T + t + 1) * width]
            for j in range(width):
                place[j] = vector[j]


@compiled
def look_up_backward(d: Floats, x: Ints, batch: Ints, width: int, dtable: Floats) -> None:
    """Each use of a character adds to its row."""
    T = x.shape[1]
    dtable[:] = 0
    for b in range(len(batch)):
        for t in range(T):
            row = dtable[x[batch[b], t] * width : (x[batch[b], t] + 1) * width]
            part = d[(b * T + t) * width : (b * T + t + 1) * width]
            for j in range(width):
                row[j] += part[j]


@compiled
def multiply(left: Floats, right: Floats, out: Floats) -> None:
    """out (m, n) = left (m, k) @ right (k, n), a few rows at a time where the whole is large."""
    m = len(left)
    parts = (m * right.size - 1) // UNPACKED + 1
    some = (m - 1) // parts + 1
    for start in range(0, m, some):
        np.dot(left[start : start + some], right, out[start : start + some])


@compiled
def multiply_transposed(left: Floats, right: Floats, out: Floats) -> None:
    """out (m, n) = left (m, k) @ right.T, right (n, k); many rows are multiplied faster by a copy that lies turned."""
    n, k = right.shape
    if len(left) < MANY_ROWS or n * k > CACHED:
        np.dot(left, right.T, out)
        return
    turned = np.empty((k, n), dtype=np.float32)
    for i in range(n):
        for j in range(k):
            turned[j, i] = right[i, j]
    np.dot(left, turned, out)


@compiled
def embedded(op: Ints, params: Floats, tape: Floats) -> tuple[Floats, Floats, Floats]:
    """What an embedded linear layer works with: table (V, E), weight (T, E, N), products (T, V, N)."""
    V, T, N = op[VOCAB], op[SPAN], op[FAN_OUT]
    E = op[FAN_IN] // T
    table = params[op[TABLE] : op[TABLE] + V * E].reshape((V, E))
    weight = params[op[WEIGHT] : op[WEIGHT] + T * E * N].reshape((T, E, N))
    return table, weight, tape[op[RAW] : op[RAW] + T * V * N].reshape((T, V, N))


@compiled
def embed_and_multiply(table: Floats, weight: Floats, x: Ints, batch: Ints, products: Floats, out: Floats) -> None:
    """out (rows, N) = sum over t of products[t, x_t]; each row is T characters of a context side by side."""
    T = len(weight)
    rows_each = x.shape[1] // T
    for t in range(T):
        np.dot(table, weight[t], products[t])
    for r in range(len(out)):
        context, first, row = batch[r // rows_each], r % rows_each * T, out[r]
        row[:] = products[0, x[context, first]]
        for t in range(1, T):
            product = products[t, x[context, first + t]]
            for j in range(len(row)):
                row[j] += product[j]


@compiled
def embed_and_multiply_backward(
    d: Floats,
    table: Floats,
    weight: Floats,
    x: Ints,
    batch: Ints,
    dproducts: Floats,
    dtable: Floats,
    dweight: Floats,
    part: Floats,
) -> None:
    """Each use of a character adds to its product; each product to the table and to the weight. `part` is (V, E)."""
    T = len(weight)
    rows_each = x.shape[1] // T
    dproducts[:] = 0
    for r in range(len(d)):
        context, first, row = batch[r // rows_each], r % rows_each * T, d[r]
        for t in range(T):
            dproduct = dproducts[t, x[context, first + t]]
            for j in range(len(row)):
                dproduct[j] += row[j]
    dtable[:] = 0
    for t in range(T):
        np.dot(table.T, dproducts[t], dweight[t])
        np.dot(dproducts[t], weight[t].T, part)
        dtable += part


@compiled
def add_to_rows(out: Floats, bias: Floats, rows: int) -> None:
    """out (rows * width) += bias (width), row by row."""
    width = len(bias)
    for r in range(rows):
        row = out[r * width : (r + 1) * width]
        for j in range(width):
            row[j] += bias[j]


@compiled
def sum_rows(d: Floats, rows: int, total: Floats) -> None:
    """total (width) = the sum of the rows of d (rows * width)."""
    width = len(total)
    total[:] = 0
    for r in range(rows):
        row = d[r * width : (r + 1) * width]
        for j in range(width):
            total[j] += row[j]


@compiled
def normalise(
    out: Floats,
    gamma: Floats,
    beta: Floats,
    raw: Floats,
    deviation: Floats,
    tracked: Floats,
    eps: float,
    rate: float,
    rows: int,
) -> None:
    """Batch norm in place; tracks mean and spread, which is the deviation itself where eps < 0 (lecture 3 by hand)."""
    width = len(gamma)
    mean, spread = deviation, tracked[width:]
    running_mean = tracked[:width]
    pull, share = np.float32(rate), np.float32(1) / np.float32(rows)
    sum_rows(out, rows, mean)
    for j in range(width):
        mean[j] *= share
        running_mean[j] += pull * (mean[j] - running_mean[j])
    squares = np.zeros(width, dtype=np.float32)
    for r in range(rows):
        row, centred = out[r * width : (r + 1) * width], raw[r * width : (r + 1) * width]
        for j in range(width):
            centred[j] = row[j] - mean[j]
            squares[j] += centred[j] * centred[j]
    inverse = np.empty(width, dtype=np.float32)
    for j in range(width):
        variance = squares[j] / np.float32(rows - 1)
        deviation[j] = np.sqrt(variance + np.float32(max(eps, 0.0)))
        spread[j] += pull * ((deviation[j] if eps < 0 else variance) - spread[j])
        inverse[j] = np.float32(1) / deviation[j]
    for r in range(rows):
        row, normal = out[r * width : (r + 1) * width], raw[r * width : (r + 1) * width]
        for j in range(width):
            normal[j] *= inverse[j]
            row[j] = gamma[j] * normal[j] + beta[j]


@compiled
def normalise_as_tracked(out: Floats, gamma: Floats, beta: Floats, tracked: Floats, eps: float, rows: int) -> None:
    """Batch norm in place with the running statistics: a line for each neuron, scale * x + shift."""
    width = len(gamma)
    scale, shift = np.empty(width, dtype=np.float32), np.empty(width, dtype=np.float32)
    for j in range(width):
        mean, spread = tracked[j], tracked[width + j]
        scale[j] = gamma[j] / (spread if eps < 0 else np.sqrt(spread + np.float32(eps)))
        shift[j] = beta[j] - scale[j] * mean
    for r in range(rows):
        row = out[r * width : (r + 1) * width]
        for j in range(width):
            row[j] = scale[j] * row[j] + shift[j]


@compiled
def normalise_backward(
    d: Floats, gamma: Floats, raw: Floats, deviation: Floats, dgamma: Floats, dbeta: Floats, rows: int
) -> None:
    """Batch norm's way back, in place: lecture 4's one line."""
    width = len(gamma)
    dgamma[:] = 0
    dbeta[:] = 0
    for r in range(rows):
        part, normal = d[r * width : (r + 1) * width], raw[r * width : (r + 1) * width]
        for j in range(width):
            dbeta[j] += part[j]
            dgamma[j] += part[j] * normal[j]
    scale = np.empty(width, dtype=np.float32)
    lean, pull = np.empty_like(scale), np.empty_like(scale)
    for j in range(width):
        scale[j] = gamma[j] / deviation[j]
        lean[j] = scale[j] * dbeta[j] / np.float32(rows)
        pull[j] = scale[j] * dgamma[j] / np.float32(rows - 1)
    for r in range(rows):
        part, normal = d[r * width : (r + 1) * width], raw[r * width : (r + 1) * width]
        for j in range(width):
            part[j] = scale[j] * part[j] - lean[j] - normal[j] * pull[j]


@compiled
def cross_entropy(last: Ints, tape: Floats, work: Floats, y: Ints, batch: Ints) -> float:
    """The mean loss of the batch; leaves dlogits in work[0]."""
    rows, width = last[ROWS], last[FAN_OUT]
    share = np.float32(1) / np.float32(rows)
    total = 0.0
    for r in range(rows):
        logits = tape[last[OUTPUT] + r * width : last[OUTPUT] + (r + 1) * width]
        d = work[0, r * width : (r + 1) * width]
        top = logits[0]
        for j in range(1, width):
            top = max(top, logits[j])
        for j in range(width):
            d[j] = exp(logits[j] - top)
        summed = np.float32(0)
        for j in range(width):
            summed += d[j]
        target = y[batch[r]]
        total += np.log(summed) - (logits[target] - top)
        scale = share / summed
        for j in range(width):
            d[j] *= scale
        d[target] -= share
    return total / rows


@compiled
def clip(grads: Floats, most: float) -> None:
    """Shrink all gradients together to the norm `most`; 0 leaves them as they are."""
    if most <= 0:
        return
    squares = 0.0
    for i in range(len(grads)):
        squares += grads[i] * grads[i]
    norm = np.sqrt(squares)
    factor = np.float32(most / (norm + 1e-6))
    if norm + 1e-6 > most:
        for i in range(len(grads)):
            grads[i] *= factor
