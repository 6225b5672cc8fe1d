"""Text of users, as it is: names of files, runs and people, and the characters of words, are never markup."""


def literal(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()<>#+-.!|$~:&" else c for c in text)
