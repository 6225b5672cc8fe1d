"""Makemore Lab's training library: the models of makemore, and everything there is to see while they train."""
