"""A run that was trained before: what a newcomer sees first, played by the page while torch is still on its way.

data/make_recording.py makes it. Nothing heavier than json is imported here.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent.parent / "data" / "recording.json"


@dataclass(frozen=True)
class Recording:
    """Of which preset, made with what, how long it trained, and as JSON all that recording.js plays."""

    preset: str
    made_with: str
    steps: int
    seconds: float
    json: str

    @property
    def in_words(self) -> str:
        """That it is a recording, and of what."""
        trained = f"{self.steps:,} steps in {self.seconds:.0f} s"
        return f"A recording of {self.preset}, {trained}, made with {self.made_with}. Press Play to train your own."


@cache
def recording() -> Recording:
    """The one that ships."""
    text = FILE.read_text(encoding="utf-8")
    facts = json.loads(text)
    return Recording(facts["preset"], facts["made_with"], facts["steps"], facts["seconds"], text)
