"""The catalogue: a data set is known by its SHA-256, fetched when asked for, and refused where it is another."""

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from makemore_core import catalogue
from makemore_core.catalogue import CATALOGUE, Source, fetch, is_here
from makemore_core.datasets import load_dataset
from makemore_core.errors import InputError
from makemore_core.tasks import Tasks, TaskState
from tests.test_datasets import listed, written


@pytest.mark.parametrize("source", CATALOGUE.values(), ids=CATALOGUE)
def test_a_data_set_of_the_catalogue_is_described_and_known_by_its_sha256(source: Source) -> None:
    assert source.about.endswith(".")
    assert not is_here(source) or load_dataset(source.name).sha256.startswith(source.sha256)


def source_of(content: bytes, address: str = "") -> Source:
    return Source("own", "own.txt", hashlib.sha256(content).hexdigest(), "Own words.", address)


def test_a_data_set_is_known_by_its_sha256(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEMORE_DATA", str(tmp_path))
    written(tmp_path, listed("\n"))
    assert is_here(source_of(listed("\n")))
    assert not is_here(source_of(listed("s\n")))


def test_a_data_set_that_is_not_here_says_how_to_fetch_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEMORE_DATA", str(tmp_path))
    monkeypatch.setattr(catalogue, "DATA_FOLDER", tmp_path)
    with pytest.raises(InputError, match="fetch it with `python -m makemore_core data fetch names`, or use 'us-names"):
        load_dataset("names")


def test_fetch_keeps_what_has_the_right_sha256(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(catalogue, "DATA_FOLDER", tmp_path / "data")
    written(tmp_path, listed("\n"))
    path = fetch(source_of(listed("\n"), (tmp_path / "own.txt").as_uri()))
    assert path.read_bytes() == listed("\n")
    assert fetch(source_of(listed("\n"), "nowhere")) == path  # it is here: nothing is asked


def test_fetch_refuses_another_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "DATA_FOLDER", tmp_path / "data")
    written(tmp_path, b"something else")
    with pytest.raises(InputError, match=r"SHA-256 differs\); nothing was kept"):
        fetch(source_of(listed("\n"), (tmp_path / "own.txt").as_uri()))
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("address", ["file:///nowhere/names.txt", "http://localhost:1/names.txt", ""])
def test_fetch_without_a_network_names_the_alternative(address: str) -> None:
    with pytest.raises(InputError, match=r"could not be reached at .* use 'us-names-2018'"):
        fetch(source_of(b"never here", address))


def test_what_every_python_carries_is_not_fetched() -> None:
    with pytest.raises(InputError, match="'python-docs' needs no fetching"):
        fetch(CATALOGUE["python-docs"])


WORDS = listed("\n") * 20_000  # 1.3 MB
Answer = Callable[[BaseHTTPRequestHandler], None]


def whole(request: BaseHTTPRequestHandler) -> None:
    head(request, len(WORDS))
    request.wfile.write(WORDS)


def without_length(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    request.wfile.write(WORDS)


def wrong(request: BaseHTTPRequestHandler) -> None:
    head(request, len(WORDS))
    request.wfile.write(WORDS.replace(b"a", b"b"))


def cut(request: BaseHTTPRequestHandler) -> None:
    head(request, len(WORDS))
    request.wfile.write(WORDS[:100_000])


def cut_before_it_begins(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200")


def silent(request: BaseHTTPRequestHandler) -> None:
    head(request, len(WORDS))
    request.wfile.write(WORDS[:100_000])
    request.wfile.flush()
    time.sleep(1)


def dripping(request: BaseHTTPRequestHandler) -> None:
    head(request, len(WORDS))
    for _ in range(40):
        request.wfile.write(WORDS[:40_000])
        request.wfile.flush()
        time.sleep(0.05)


def missing(request: BaseHTTPRequestHandler) -> None:
    request.send_error(404)


def no_number(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "many")
    request.end_headers()


def endless(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    for _ in range(100):
        request.wfile.write(WORDS)


def head(request: BaseHTTPRequestHandler, length: int) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(length))
    request.end_headers()


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[Answer], Source]]:
    """A source at a server of this machine that answers in one way or another; its folder is empty."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(catalogue, "DATA_FOLDER", folder)
    monkeypatch.setattr(catalogue, "FETCH_TIMEOUT", 0.3)
    monkeypatch.delenv("MAKEMORE_DATA", raising=False)
    servers: list[ThreadingHTTPServer] = []

    def source(answer: Answer) -> Source:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with suppress(ConnectionError):  # the other side has heard enough
                    answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        Thread(target=servers[-1].serve_forever, args=(0.01,), daemon=True).start()
        return source_of(WORDS, f"http://127.0.0.1:{servers[-1].server_port}/own.txt")

    yield source
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("answer", [whole, without_length])
def test_a_fetch_tells_how_far_it_is(answer: Answer, serve: Callable[[Answer], Source]) -> None:
    told: list[tuple[float, str]] = []
    path = fetch(serve(answer), lambda share, words: told.append((share, words)))
    assert path.read_bytes() == WORDS
    assert [file.name for file in path.parent.iterdir()] == ["own.txt"]
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) > 10
    assert told[-1][1] == f"Fetching own, {len(WORDS):,} bytes"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (wrong, r"holds another text than 'own' \(SHA-256 differs\); nothing was kept"),
        (cut, f"ended after 100,000 of {len(WORDS):,} bytes; nothing was kept: try again"),
        (cut_before_it_begins, "ended after 0 of 0 bytes; nothing was kept"),
        (silent, r"could not be reached at .*timed out"),
        (missing, "could not be reached at .*404"),
        (no_number, "could not be reached at .*many"),
        (endless, "gives more than 64,000,000 bytes; nothing was kept"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_fetch_that_goes_wrong_keeps_nothing(
    answer: Answer, sentence: str, serve: Callable[[Answer], Source]
) -> None:
    with pytest.raises(InputError) as error:
        fetch(serve(answer))
    assert re.search(sentence, str(error.value))
    assert list(catalogue.DATA_FOLDER.iterdir()) == []


def test_a_fetch_that_drips_is_given_up(serve: Callable[[Answer], Source], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "LONGEST_FETCH", 0.2)
    with pytest.raises(InputError, match="took longer than 0 s; try again, or use 'us-names-2018'"):
        fetch(serve(dripping))
    assert list(catalogue.DATA_FOLDER.iterdir()) == []


def test_a_fetch_is_cancelled(serve: Callable[[Answer], Source]) -> None:
    tasks, source = Tasks(), serve(dripping)
    task = tasks.begin("fetch", lambda report: fetch(source, report))
    while task.report.share == 0:
        time.sleep(0.01)
    task.cancel()
    assert task.wait(5).state == TaskState.CANCELLED
    assert list(catalogue.DATA_FOLDER.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_sentence(
    serve: Callable[[Answer], Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = serve(whole)
    monkeypatch.setattr(catalogue, "DATA_FOLDER", catalogue.DATA_FOLDER / "not-there")
    with pytest.raises(InputError, match="cannot be written"):
        fetch(source)
