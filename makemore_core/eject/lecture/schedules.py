"""What the learning rate is multiplied with at a step."""

# pyright: basic
import math

from makemore_core.eject.lecture.given import div_factor, final_div_factor, floor, over, pct_start, warm_up


def cosine(step):
    """Half a cosine down to the floor (Loshchilov & Hutter 2017)."""
    if step >= over:
        return floor
    return floor + (1.0 - floor) / 2 * (1 + math.cos(math.pi * (step / over)))


def cosine_after_warm_up(step):
    """A straight line up, then half a cosine down to the floor: get_lr in nanoGPT (Loshchilov & Hutter 2017)."""
    if step < warm_up:
        return min((step + 1) / (warm_up + 1), 1.0)
    if step >= over:
        return floor
    return floor + (1.0 - floor) / 2 * (1 + math.cos(math.pi * ((step - warm_up) / (over - warm_up))))


def one_cycle(step):
    """Up and far down again, in two half cosines (Smith & Topin 2018; torch's OneCycleLR)."""
    first = 1 / div_factor
    last = first / final_div_factor
    peak = pct_start * over - 1
    if step < peak:
        return 1.0 + (first - 1.0) / 2 * (1 + math.cos(math.pi * (step / peak)))
    share = min((step - peak) / (over - 1 - peak), 1.0)
    return last + (1.0 - last) / 2 * (1 + math.cos(math.pi * share))
