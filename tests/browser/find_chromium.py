"""Finds a Chromium or Chrome for the browser tests: on PATH, among macOS's applications, or from an earlier
`playwright install chromium`. Run as a script it prints the path, and exits with 1 when there is none."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
PLAYWRIGHT_PATTERNS = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
LONGEST_START = 30.0  # seconds


def find_chromium() -> Path | None:
    """The first browser on this machine that starts, or None."""
    return next((path for path in _candidates() if _starts(path)), None)


def _candidates() -> Iterator[Path]:
    yield from (Path(found) for command in COMMANDS if (found := shutil.which(command)))
    yield from APPLICATIONS
    for folder in _playwright_folders():
        for pattern in PLAYWRIGHT_PATTERNS:
            yield from sorted(folder.glob(pattern), reverse=True)  # the newest revision first


def _playwright_folders() -> list[Path]:
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen:
        return [Path(chosen)]
    cache = os.environ.get("XDG_CACHE_HOME")
    linux = Path(cache) if cache else Path.home() / ".cache"
    return [linux / "ms-playwright", Path.home() / "Library/Caches/ms-playwright"]


def _starts(path: Path) -> bool:
    # Ubuntu's chromium-browser may be a script that only names the snap to install
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=LONGEST_START, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


if __name__ == "__main__":
    browser = find_chromium()
    if browser is None:
        sys.exit("No Chromium or Chrome was found on this machine.")
    print(browser)
