"""The recording that ships: small, a real run that can be made again, and shown without torch."""

import json
import subprocess
import sys

from data.make_recording import PRESET, recorded
from makemore_core.catalogue import SHIPPED
from makemore_core.presets import PRESETS
from makemore_core.recording import FILE, recording
from pages.ui.session import FIRST_PRESET

HEAVY = ("torch", "numba", "optuna")
ARRIVE = f"import pages.ui.arrival, pages.ui.mode, sys; print([name for name in {HEAVY} if name in sys.modules])"
STEPS = 40


def test_the_first_picture_needs_no_torch() -> None:
    found = subprocess.run([sys.executable, "-c", ARRIVE], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_it_is_small_and_of_the_preset_that_stands_first() -> None:
    assert FILE.stat().st_size < 200_000
    assert recording().preset == PRESET == FIRST_PRESET


def test_it_is_what_this_preset_does() -> None:
    """Digits may differ where another processor multiplies; three of them do not in the first steps."""
    shipped = json.loads(recording().json)
    again = recorded(PRESETS[PRESET].config.with_values({"data.dataset": SHIPPED, "max_steps": STEPS}))
    looks = [look for look in shipped["looks"] if look["step"] < STEPS - 1]
    assert [(look["step"], round(look["val"], 3)) for look in looks] == [
        (look["step"], round(look["val"], 3)) for look in again["looks"][: len(looks)]
    ]
    assert looks[0]["names"] == again["looks"][0]["names"]
    assert shipped["yardsticks"] == again["yardsticks"]
