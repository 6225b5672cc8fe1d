"""The views of the Inside page, one file each. Each has draw(snapshot), which is called with every refresh."""
