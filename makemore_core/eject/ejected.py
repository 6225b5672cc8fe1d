"""The files that leave the house: the script or the notebook, and the data beside it."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from makemore_core.config import RunConfig
from makemore_core.eject.notebook import notebook
from makemore_core.eject.script import Script
from makemore_core.eject.subject import Subject
from makemore_core.errors import InputError
from makemore_core.presets import PRESETS, preset_named
from makemore_core.training.reader import RunReader
from makemore_core.training.recorder import RunState

SAME_DAY = (2000, 1, 1, 0, 0, 0)  # the date of all files in an archive, so that equal contents are equal archives


@dataclass(frozen=True)
class Ejected:
    """A script, the notebook of the same, and the data set that both read."""

    stem: str  # of the files' names
    script: str
    notebook: bytes
    data_name: str
    data: bytes

    def files(self, as_notebook: bool = False) -> dict[str, bytes]:
        """By name: the script or the notebook, and the data."""
        code = {f"{self.stem}.ipynb": self.notebook} if as_notebook else {f"{self.stem}.py": self.script.encode()}
        return code | {self.data_name: self.data}

    def write(self, folder: Path, as_notebook: bool = False) -> list[Path]:
        """Put the files into a folder, which is made if need be: the paths of code and data.

        InputError where that cannot be done, or where other files of these names would be lost.
        """
        files = {folder / name: content for name, content in self.files(as_notebook).items()}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for path, content in files.items():
                if path.exists() and path.read_bytes() != content:
                    raise InputError(f"{str(path)!r} is another file, and stays; choose an empty folder.")
            for path, content in files.items():
                path.write_bytes(content)
        except OSError as error:
            raise InputError(f"{str(folder)!r} cannot be written to ({error.strerror}); choose another.") from None
        return list(files)

    def archive(self, as_notebook: bool = False) -> bytes:
        """The files in one zip archive."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files(as_notebook).items():
                archive.writestr(zipfile.ZipInfo(f"{self.stem}/{name}", SAME_DAY), content, zipfile.ZIP_DEFLATED)
        return stream.getvalue()


def eject_preset(name: str) -> Ejected:
    """A preset as a script; InputError for one that is not there, or whose data are not."""
    preset = preset_named(name)
    return eject_settings(preset.config, name)


def eject_settings(config: RunConfig, preset: str = "") -> Ejected:
    """Settings as a script, under the name of the preset that they started from."""
    return _ejected(Subject(preset or "makemore", _about(config, preset), config, config.data.load()))


def eject_run(manager: RunReader, id: str) -> Ejected:
    """A run as a script, with what was changed on its way; InputError where that cannot be."""
    row, dataset, config = manager.row(id), manager.dataset(id), RunConfig.from_dict(manager.row(id).config)
    steps, state = row.progress.step, row.progress.state
    was_stopped, is_over = state == RunState.STOPPED, state in (RunState.STOPPED, RunState.FINISHED)
    subject = Subject(
        row.title,
        _about(config, row.preset),
        config,
        dataset,
        tuple(manager.store.marks(row.id)),
        ended_at=steps if is_over and 0 < steps < row.progress.max_steps else None,
        was_stopped=was_stopped,
    )
    subject.check_repeatable()
    return _ejected(subject)


def _about(config: RunConfig, name: str) -> tuple[str, ...]:
    """What is trained, after whom, and what was published."""
    title, preset = getattr(config.model, "title", config.model.name), PRESETS.get(name)
    if preset is None or preset.config != config:
        source = f", after {preset.source}" if preset and preset.config.model == config.model else ""
        return (f"{title}{source}, with settings of one's own.",)
    losses = preset.published.losses.items()
    printed = ", ".join(f"{split} {loss}" for split, loss in losses if loss and not preset.published.is_own)
    return (f"{title}, after {preset.source}.", *((f"Published losses: {printed}.",) if printed else ()))


def _ejected(subject: Subject) -> Ejected:
    script = Script(subject)
    return Ejected(subject.name, script.text, notebook(script), subject.file_name, subject.content)
