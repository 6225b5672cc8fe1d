"""`serve`: no public address without a mode, a key that nobody guesses, and whom the server hears."""

import base64
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest

from makemore_core.addresses import in_url, is_local, reached_by
from makemore_core.cli import main
from tests.browser.server import AS_CLASSROOM, TEACHERS_KEY, Server

PROJECT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("served"), AS_CLASSROOM)
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.7", "lab.school.example"])
def test_a_public_address_needs_a_mode(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--address", address]) == 2
    assert "choose --mode classroom" in capsys.readouterr().err


def test_a_short_key_of_the_teachers_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MAKEMORE_TEACHER_KEY", raising=False)
    short = tmp_path / "key"
    for text in ("", "ana", "12345678901\n"):
        short.write_text(text)
        assert main(["serve", "--mode", "classroom", "--teacher-key-file", str(short)]) == 2
        assert "`characters >= 12` must hold" in capsys.readouterr().err
    monkeypatch.setenv("MAKEMORE_TEACHER_KEY", "short")
    assert main(["serve", "--mode", "classroom"]) == 2
    assert main(["serve", "--mode", "classroom", "--teacher-key-file", str(tmp_path / "none")]) == 2
    assert main(["serve", "--mode", "open"]) == 2


def test_addresses_are_told_apart() -> None:
    assert all(is_local(address) for address in ("localhost", "127.0.0.1", "127.9.9.9", "::1"))
    assert not any(is_local(address) for address in ("", "0.0.0.0", "::", "10.0.0.1", "localhost.example"))
    assert reached_by("127.0.0.1") == ["localhost", "127.0.0.1", "::1"]
    assert reached_by("10.0.0.1")[0] == "10.0.0.1"
    assert "127.0.0.1" in reached_by("0.0.0.0")
    assert (in_url("10.0.0.1"), in_url("fd00::2")) == ("10.0.0.1", "[fd00::2]")


def test_it_hears_its_own_pages_and_no_others(server: Server) -> None:
    host = urlparse(server.address).netloc
    assert handshake(server, host, server.address) == 101
    assert handshake(server, host, "http://evil.example") == 403
    assert handshake(server, "evil.example", "http://evil.example") == 403
    assert handshake(server, "evil.example", "") == 403


def test_the_key_is_printed_once_and_stands_in_no_environment(server: Server) -> None:
    assert server.log.count(TEACHERS_KEY) == 1
    assert f"{urlparse(server.address).port}/#teacher={TEACHERS_KEY}" in server.log
    environments = Path(f"/proc/{server._process.pid}/environ")
    if environments.exists():
        assert TEACHERS_KEY.encode() not in environments.read_bytes()


def test_signals_reach_it(tmp_path: Path) -> None:
    """It is one process: who ends `serve` ends the server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"MAKEMORE_STORE": str(tmp_path / "runs.sqlite")}
    command = [sys.executable, "-m", "makemore_core", "serve", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as served:
        assert served.stdout is not None
        for line in served.stdout:
            if b"server started" in line:
                break
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=30) as answer:
            assert answer.status == 200
        served.send_signal(signal.SIGTERM)
        assert served.wait(30) == 0


def handshake(server: Server, host: str, origin: str) -> int:
    """The status with which a WebSocket is answered that comes from a page of `origin` and asks for `host`."""
    where = urlparse(server.address)
    headers = {
        "Host": host,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "streamlit",
    } | ({"Origin": origin} if origin else {})
    lines = ["GET /_stcore/stream HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    with socket.create_connection((where.hostname, where.port or 80), 30) as connection:
        connection.sendall("\r\n".join(lines).encode())
        return int(connection.recv(64).split()[1])
