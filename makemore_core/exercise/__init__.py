"""Lecture 4's exercise, to be written by oneself: the gradient of each of the 26 values, one after the other."""
