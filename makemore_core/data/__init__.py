"""What is done with a data set before a net learns it: decode the file, look at it, find faults, mend them, keep it."""
