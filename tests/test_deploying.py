"""deploy/: the unit and the container file start the server that they say, with options that there are."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.browser.server import Server
from tests.test_docs import ROOT, parsed
from tests.test_serve import handshake

UNIT, CONTAINER = ROOT / "deploy/makemore-lab.service", ROOT / "deploy/Containerfile"
PREFIX = ["-m", "makemore_core"]
SERVICE = re.compile(r"^(ExecStart|WorkingDirectory|LoadCredential)=(.*)$", re.MULTILINE)
KEY = "the-teachers-own-key"
HOST = "lab.school.example"


def unit() -> dict[str, str]:
    return dict(SERVICE.findall(UNIT.read_text()))


def container() -> list[tuple[str, str]]:
    """Each instruction with what stands after it."""
    lines = [line for line in CONTAINER.read_text().splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def of_unit() -> list[str]:
    return shlex.split(unit()["ExecStart"])


def of_container() -> list[str]:
    return json.loads(dict(container())["ENTRYPOINT"])


@pytest.mark.parametrize("command", [of_unit(), of_container()], ids=["unit", "container"])
def test_the_command_line_understands_it(command: list[str]) -> None:
    python, *rest = command
    assert Path(python).name == "python"
    assert rest[:2] == PREFIX
    chosen = parsed(rest[2:])
    assert (chosen["mode"], chosen["address"], chosen["port"]) == ("classroom", "0.0.0.0", 8501)


def test_the_unit_has_its_parts() -> None:
    sections = ConfigParser(strict=False, interpolation=None, delimiters="=")
    sections.read(UNIT)
    assert sections.sections() == ["Unit", "Service", "Install"]
    service = sections["Service"]
    assert service["ExecStart"].startswith(f"{service['WorkingDirectory']}/.venv/bin/python ")
    assert f"%d/{service['LoadCredential'].partition(':')[0]}" in service["ExecStart"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="There is no systemd on this machine.")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    here = tmp_path / UNIT.name
    here.write_text(UNIT.read_text().replace(of_unit()[0], sys.executable))
    verified = subprocess.run(["systemd-analyze", "verify", "--man=no", here], capture_output=True, text=True)
    assert (verified.returncode, verified.stderr) == (0, "")


def test_the_container_takes_what_the_server_needs() -> None:
    taken = [rest.split()[0] for word, rest in container() if word == "COPY"]
    assert all((ROOT / name).exists() for name in taken)
    assert {"app.py", "pages", "makemore_core", "data", ".streamlit", "requirements.txt"} <= set(taken)
    for found in re.findall(r"python -m makemore_core (.*)", CONTAINER.read_text()):
        assert parsed(found.split())
    instructions = dict(container())
    assert str(parsed(of_container()[3:])["port"]) == instructions["EXPOSE"]
    assert all(value.startswith(instructions["VOLUME"]) for value in re.findall(r"=(\S+)", instructions["ENV"]))


def test_both_install_for_a_python_that_is_new_enough() -> None:
    found = re.fullmatch(r"python:3\.(\d+)-slim", dict(container())["FROM"])
    assert found
    assert int(found[1]) >= 11


@pytest.fixture(params=["unit", "container"])
def served(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that begins as it says there; its port and its folders are those of a test."""
    (tmp_path / "teacher-key").write_text(KEY)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "loops"))
    words = of_unit() if request.param == "unit" else [*of_container(), "--host", HOST]
    command = " ".join(words[1:]).replace("%d", str(tmp_path))
    server = Server(tmp_path, f"{command} --port")
    server.start()
    yield server
    server.kill()


@pytest.mark.long
def test_the_command_starts_a_server(served: Server) -> None:
    assert "/#teacher=" in served.log
    assert os.environ["HOME"] in str(served.store)
    with_host = f"--host {HOST}" in " ".join(served._command.split())
    assert handshake(served, HOST, f"https://{HOST}") == (101 if with_host else 403)
    assert served.terminate() == 0
