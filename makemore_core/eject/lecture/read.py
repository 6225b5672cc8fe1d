"""The file beside the script, checked before anything is learned from it."""

# pyright: basic
import hashlib
from pathlib import Path

HERE = Path()


def read(name, sha256):
    """The text of the file beside this script, or one sentence on why it cannot be learned from."""
    path = HERE / name
    if not path.exists():
        raise SystemExit(f"{path} is missing: put the file that came with this script beside it.")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SystemExit(f"{path} is another file than the run learned from (its SHA-256 differs).")
    return content.decode()
