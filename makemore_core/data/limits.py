"""How large a data set may be. Each limit is named with its value in the sentence that refuses what is beyond it."""

LARGEST_FILE = 64_000_000  # bytes; larger ones are refused unread
FEWEST_WORDS = 10
FEWEST_CHARACTERS = 1_000  # of a text
LONGEST_WORD = 1_000  # characters
MOST_WORDS = 2_000_000
LARGEST_ALPHABET = 1_000  # distinct characters; count tables and output layers have a row for each
