"""What all fuzzers claim: each input ends in a value or in one sentence, within a second, in bounded memory."""

import gc
import random
import resource
import time
from collections.abc import Callable, Iterable

from makemore_core.errors import InputError

LONGEST = 1.0  # seconds of this thread's work, for one input
MOST_MEMORY = 300e6  # bytes that all inputs together may add to what the process had at most
LONGEST_SENTENCE = 3_000  # characters; the settings that there are make a long list
NASTY = (
    *(
        "",
        " ",
        "\t\n",
        "0",
        "-1",
        "-0.0",
        "1e9",
        "1e12",
        "1e999",
        "nan",
        "inf",
        "-inf",
        "٣",
        "1_0",
        "0x10",
        "9" * 5_000,
    ),
    *(
        "true",
        "None",
        "null",
        "[]",
        "{}",
        "..",
        "../../etc/passwd",
        "/dev/zero",
        "C:\\x",
        "~root",
        "a\0b",
        "x" * 10_000,
    ),
    *("=cmd()", "+1", "@SUM(1)", "<script>window.pwned=1</script>", "<img src=x onerror=window.pwned=1>", "&lt;b&gt;"),
    *("**x**", "$\\frac{a}{b}$", ":material/home:", ":red[x]", "[x](javascript:alert(1))", "`x`", "%s%n", "%{x}"),
    *("9" * 5_000, "x" * 10_000),
    *("'; DROP TABLE runs; --", "\u202ex", "\ufeff", "e\u0301", "👩‍💻", "\u2028", ",,,", "train,inside", "__class__"),
)
ODD_VALUES = (
    *(None, True, False, 0, -1, 1, 1.0, -0.0, 10**9, 10**400, 2**63, 1e308, float("nan"), float("inf"), -float("inf")),
    *([], {}, [1], {"a": 1}, [[[[]]]], b"x", object, "\ud800", *NASTY),
)


def endings(inputs: Iterable[object], act: Callable[..., object]) -> list[str]:
    """The sentences in which inputs ended; the others ended in a value."""
    sentences: list[str] = []
    before = most_memory()
    gc.freeze()  # what others left behind is not collected on an input's time
    for given in inputs:
        started = time.thread_time()
        try:
            act(given)
        except InputError as error:
            sentences.append(str(error))
            assert_one_sentence(str(error))
        except Exception as error:
            raise AssertionError(f"{str(given)[:2_000]!r} ended in {error!r}") from error
        seconds = time.thread_time() - started
        assert seconds < LONGEST, f"{str(given)[:2_000]!r} took {seconds:.1f} s"
    gc.unfreeze()
    assert most_memory() - before < MOST_MEMORY
    return sentences


def most_memory() -> int:
    """Bytes that this process has had at once, at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def assert_one_sentence(message: str) -> None:
    assert message.endswith((".", "?", "…"))
    assert "\n" not in message
    assert "Traceback" not in message
    assert len(message) < LONGEST_SENTENCE


def damaged_text(text: str, dice: random.Random) -> str:
    """A text with pieces lost, doubled, turned round, or nasty ones in their place."""
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(text) + 1)
        end = min(len(text), at + dice.randrange(8))
        text = text[:at] + dice.choice(("", text[at:end] * 2, text[at:end][::-1], dice.choice(NASTY))) + text[end:]
    return text


def damaged_bytes(content: bytes, dice: random.Random) -> bytes:
    """Bytes with some flipped, cut out, or put in."""
    damaged = bytearray(content)
    for _ in range(dice.randrange(1, 4)):
        place, length = dice.randrange(len(damaged) + 1), dice.choice((1, 1, 2, 8, 100))
        damaged[place : place + dice.choice((0, length))] = dice.choice((b"", dice.randbytes(length)))
    return bytes(damaged)
