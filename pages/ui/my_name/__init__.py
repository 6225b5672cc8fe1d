"""The views of the page My name."""
