"""The parts of the Datasets page: the list, a data set in detail, its faults and mends, and one's own to add."""
