"""The same runs from the command line: train, evaluate, sample and score without a browser."""

from makemore_core.cli.program import main

__all__ = ["main"]
