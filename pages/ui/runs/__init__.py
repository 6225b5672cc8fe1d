"""The views of the Runs page, one file each. Each has draw(snapshot), which is called with every refresh."""
