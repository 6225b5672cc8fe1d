"""Runs: a trainer without thread or screen, a thread around it, a store behind it, a manager over all."""
