"""The views of the Counting page, one file each. Each has draw(snapshot), which is called with every refresh."""
