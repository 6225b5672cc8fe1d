"""The views of the minitorch page."""
