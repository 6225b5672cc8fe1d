"""Network addresses of this machine: which are for itself alone, and by which names others reach it."""

import ipaddress
import socket

import psutil

ANY = ("", "0.0.0.0", "::")  # all interfaces
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def is_local(address: str) -> bool:
    """Whether a server at this address can be reached from this machine alone."""
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def reached_by(address: str) -> list[str]:
    """The names and numbers by which a server at this address is reached, those that others can use first."""
    if is_local(address):
        return [*LOCAL_NAMES]
    if address not in ANY:
        return [address, *LOCAL_NAMES]
    name = socket.gethostname().lower()
    names = [name, f"{name}.local"] if name and not is_local(name) else []
    families = (socket.AF_INET,) if address == "0.0.0.0" else (socket.AF_INET, socket.AF_INET6)
    return list(dict.fromkeys((*_own_numbers(families), *names, *LOCAL_NAMES)))


def _own_numbers(families: tuple[socket.AddressFamily, ...]) -> list[str]:
    found = (entry for entries in psutil.net_if_addrs().values() for entry in entries)
    numbers = [entry.address for entry in found if entry.family in families]
    return [number for number in numbers if "%" not in number and not is_local(number)]  # %: of one link alone


def in_url(address: str) -> str:
    """As an address stands in a URL: IPv6 in brackets."""
    return f"[{address}]" if ":" in address else address
