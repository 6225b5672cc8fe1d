"""How a character is drawn from what the net holds likely."""

# pyright: basic
import torch

from makemore_core.eject.lecture.given import top_k, top_p


def likeliest(p):
    """Only the likeliest characters stay: top_k of them, or those that hold the share top_p (Holtzman et al. 2020)."""
    ranked, order = p.sort(descending=True)
    keep = torch.ones_like(ranked, dtype=torch.bool)
    keep[top_k:] = False
    keep &= ranked.cumsum(-1) - ranked < top_p  # the one that crosses the share still counts
    kept = torch.zeros_like(p).scatter(-1, order, ranked * keep)
    return kept / kept.sum()


def draw(p, number):
    """The character on whose share of the cumulative probabilities a number from 0 to 1 falls."""
    cumulative = p.cumsum(-1)
    return min(torch.searchsorted(cumulative, number * cumulative[-1], right=True).item(), len(p) - 1)
