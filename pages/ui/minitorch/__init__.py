"""The views of the minitorch page, one file each. Each has draw(snapshot), which is called with every refresh."""
