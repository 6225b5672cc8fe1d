"""Loops over flat vectors that Numba compiles: steps of optimizers, GELU, and the functions they are made of.

They go over memory once where torch goes several times, and hold no interpreter lock meanwhile. Whoever calls them
makes sure that Numba is there: one_pass.py, fused_layers.py, and the compiled engine.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints, Floats, Doubles = NDArray[np.int64], NDArray[np.float32], NDArray[np.float64]

SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM, ADAMW = range(6)
CLIP, DECAY, BETA1, BETA2, EPSILON = range(5)  # places in an optimizer's settings

# a net diverges visibly: neither NaN nor infinity may be optimised away
LOOSE = {"reassoc", "contract", "arcp", "nsz"}
compiled: Any = njit(nogil=True, cache=True, fastmath=LOOSE, error_model="numpy")


@compiled
def tanh(x: np.float32) -> np.float32:
    """tanh in float32 to a few units of the last place: odd over even polynomial, with Eigen's coefficients.

    Beyond 7.9 it is 1 to rounding. The library's tanh is called number by number; loops of this one become vectors.
    """
    x = np.float32(7.90531110763549805) if x > np.float32(7.90531110763549805) else x
    x = np.float32(-7.90531110763549805) if x < np.float32(-7.90531110763549805) else x
    z = x * x
    p = np.float32(-2.76076847742355e-16)
    p = p * z + np.float32(2.00018790482477e-13)
    p = p * z + np.float32(-8.60467152213735e-11)
    p = p * z + np.float32(5.12229709037114e-08)
    p = p * z + np.float32(1.48572235717979e-05)
    p = p * z + np.float32(6.37261928875436e-04)
    p = p * z + np.float32(4.89352455891786e-03)
    q = np.float32(1.19825839466702e-06)
    q = q * z + np.float32(1.18534705686654e-04)
    q = q * z + np.float32(2.26843463243900e-03)
    q = q * z + np.float32(4.89352518554385e-03)
    return x * p / q


@compiled
def exp(x: np.float32) -> np.float32:
    """exp of x <= 0 in float32: exp(x / 32) by its series, five times squared; below -87 it is 0 to rounding."""
    x = np.float32(-87) if x < np.float32(-87) else x
    z = x * np.float32(1 / 32)
    p = np.float32(1 / 40320)
    p = p * z + np.float32(1 / 5040)
    p = p * z + np.float32(1 / 720)
    p = p * z + np.float32(1 / 120)
    p = p * z + np.float32(1 / 24)
    p = p * z + np.float32(1 / 6)
    p = p * z + np.float32(1 / 2)
    p = p * z + np.float32(1)
    p = p * z + np.float32(1)
    p *= p
    p *= p
    p *= p
    p *= p
    return p * p


@compiled
def gelu_share(x: np.float32, scale: np.float32, cube: np.float32) -> np.float32:
    """The share of x that GELU lets through: sigmoid(u), u = x (scale + cube x^2)."""
    u = x * (scale + cube * x * x)
    share = np.float32(1) / (np.float32(1) + exp(-abs(u)))
    return share if u >= np.float32(0) else np.float32(1) - share


@compiled
def gelu(x: Floats, out: Floats, scale: np.float32, cube: np.float32) -> None:
    """out (n) = GELU of x (n)."""
    for i in range(len(x)):
        out[i] = x[i] * gelu_share(x[i], scale, cube)


@compiled
def gelu_backward(d: Floats, x: Floats, dx: Floats, scale: np.float32, cube: np.float32) -> None:
    """dx (n) = d (n) times GELU's slope at x (n): share + x share (1 - share) du/dx."""
    for i in range(len(x)):
        share = gelu_share(x[i], scale, cube)
        slope = scale + np.float32(3) * cube * x[i] * x[i]
        dx[i] = d[i] * (share + x[i] * share * (np.float32(1) - share) * slope)


@compiled
def update(
    rule: int, settings: Doubles, params: Floats, grads: Floats, m: Floats, v: Floats, rate: float, step: int
) -> None:
    """Move all parameters by one step of an optimizer of optimizers.py, on flat vectors; m and v are what it keeps."""
    lr, decay = np.float32(rate), np.float32(settings[DECAY])
    beta1, beta2, epsilon = np.float32(settings[BETA1]), np.float32(settings[BETA2]), np.float32(settings[EPSILON])
    one = np.float32(1)
    if rule == ADAMW:
        keep = np.float32(1 - rate * settings[DECAY])
        for i in range(len(params)):
            params[i] *= keep
    elif decay > 0:
        for i in range(len(params)):
            grads[i] += decay * params[i]
    if rule == SGD:
        for i in range(len(params)):
            params[i] -= lr * grads[i]
    elif rule == MOMENTUM:
        for i in range(len(params)):
            m[i] = beta1 * m[i] + grads[i]
            params[i] -= lr * m[i]
    elif rule == NESTEROV:
        for i in range(len(params)):
            m[i] = beta1 * m[i] + grads[i]
            params[i] -= lr * (grads[i] + beta1 * m[i])
    elif rule == RMSPROP:
        for i in range(len(params)):
            v[i] = beta2 * v[i] + (one - beta2) * grads[i] * grads[i]
            params[i] -= lr * grads[i] / (np.sqrt(v[i]) + epsilon)
    else:
        m_hat = np.float32(1 / (1 - settings[BETA1] ** step))
        v_hat = np.float32(1 / (1 - settings[BETA2] ** step))
        for i in range(len(params)):
            m[i] = beta1 * m[i] + (one - beta1) * grads[i]
            v[i] = beta2 * v[i] + (one - beta2) * grads[i] * grads[i]
            params[i] -= lr * (m[i] * m_hat) / (np.sqrt(v[i] * v_hat) + epsilon)
