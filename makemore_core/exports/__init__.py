"""What a run can be taken home as: each format a function from what the run has kept to a file's bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from makemore_core.errors import InputError, choose_one_of
from makemore_core.exports.archive import ARCHIVE
from makemore_core.exports.event_files import ENDING, event_files, write_events
from makemore_core.exports.kept import Kept
from makemore_core.exports.metrics import metrics_csv
from makemore_core.exports.weights import weights_file


@dataclass(frozen=True)
class Format:
    """A kind of file: what its name ends in, its media type, and how it is made; `logs` writes a whole folder."""

    ending: str
    media_type: str
    content: Callable[[Kept], bytes]
    logs: Callable[[Kept, Path], object] | None = None

    def file_name(self, kept: Kept) -> str:
        """Of a download."""
        return f"{kept.row.title}{self.ending}"

    def write(self, kept: Kept, path: Path) -> None:
        """To a file, or into a folder; an InputError where there is something already."""
        if path.exists():
            raise InputError(f"There is something at {str(path)!r} already; choose another place with --to.")
        if self.logs:
            self.logs(kept, path)
        else:
            path.write_bytes(self.content(kept))


def _run_card(kept: Kept) -> bytes:
    from makemore_core.exports.card import run_card  # plotly takes half a second to load

    return run_card(kept)


FORMATS = {
    "csv": Format(".csv", "text/csv", metrics_csv),
    "tensorboard": Format(f"{ENDING}.zip", "application/zip", event_files, write_events),
    "html": Format(".html", "text/html", _run_card),
    "safetensors": Format(".safetensors", "application/octet-stream", weights_file),
}


def format_named(name: str) -> Format:
    """A format of the table, or an InputError that lists the names."""
    if name not in FORMATS:
        raise choose_one_of("format", name, (*FORMATS, ARCHIVE))
    return FORMATS[name]
