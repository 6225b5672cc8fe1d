"""Imported once by the process that all trainees are forked from: the fast engine's loops are in memory then."""

import torch

from makemore_core.models.bigram import BigramConfig
from makemore_core.training.checking import shapes_of
from makemore_core.workers.body import get_ready

torch.set_num_threads(1)
get_ready()
shapes_of(BigramConfig(), 27)
