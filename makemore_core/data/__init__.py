"""From a file to words: decoding, limits, and the data sets of one's own that are kept."""
