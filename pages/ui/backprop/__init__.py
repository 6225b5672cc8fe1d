"""The views of the Backprop page, one file each. Each has draw(snapshot), which is called with every refresh."""
