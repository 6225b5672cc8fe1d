"""The sections that every script has beside its model's, one a file, in the order in which they are read."""
