"""The parts of the Search page, one file each."""
