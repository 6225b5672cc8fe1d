"""Imported once by the process that all trainees are forked from: the fast engine's loops are in memory then."""

from makemore_core.workers.body import get_ready

get_ready()
