"""What a data set looks like and what is wrong with it before a net learns it, with a mend for each fault."""
