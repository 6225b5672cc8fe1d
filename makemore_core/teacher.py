"""The teacher's key: whoever has entered it in a browser may do everything in that browser until the server ends."""

import hmac
import time
from collections import deque
from collections.abc import Mapping

from makemore_core.access import key_of
from makemore_core.errors import InputError

TEACHER = "MAKEMORE_TEACHER_SHA256"  # the variable by which `serve` tells the server: not the key, its SHA-256
SHORTEST_KEY = 12  # characters; with so few tries a minute nobody guesses them
MOST_WRONG, WITHIN = 10, 60.0  # tries by all people together, and the seconds in which they count


class Teacher:
    """Knows the SHA-256 of the teacher's key, and of the keys of browsers in which it was entered."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._sha256 = environment.get(TEACHER, "")
        self._browsers: set[str] = set()
        self._wrong: deque[float] = deque(maxlen=MOST_WRONG)

    def sits_before(self, browser: str) -> bool:
        """Whether this browser, by the SHA-256 of its key, is the teacher's."""
        return browser in self._browsers

    def enter(self, key: str, browser: str) -> None:
        """Make a browser the teacher's; InputError for a wrong key, and for any after too many wrong ones."""
        now = time.monotonic()
        wait = self._wrong[0] + WITHIN - now if len(self._wrong) == MOST_WRONG else 0.0
        if wait > 0:
            raise InputError(f"{MOST_WRONG} keys within a minute were wrong; try again in {wait:.0f} s.")
        if not (browser and self._sha256 and hmac.compare_digest(key_of(key.strip()), self._sha256)):
            self._wrong.append(now)
            raise InputError("This is not the teacher's key; `serve` printed it where the server was started.")
        self._browsers.add(browser)

    def leave(self, browser: str) -> None:
        """Make a browser one of the class again."""
        self._browsers.discard(browser)
