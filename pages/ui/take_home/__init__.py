"""The views of the page Take it home."""
