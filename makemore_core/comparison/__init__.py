"""Runs beside each other: what they are called, in what they differ, and how their losses fall on fair axes."""
