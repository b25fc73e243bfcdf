"""The demonstration: who was made on the first start, kept for the box that later starts show."""

import hashlib
import os
from pathlib import Path

import msgspec

from topup.config import Config

FILE_NAME = "demo.json"


class Staff(msgspec.Struct, frozen=True):
    username: str
    password: str
    token: str


class Seller(msgspec.Struct, frozen=True):
    id: int
    name: str
    username: str
    password: str
    token: str


class Seeded(msgspec.Struct, frozen=True):
    """What `topup seed_demo` prints, in one line; `seeded` is false where there was nothing to make."""

    seeded: bool = True
    admin: Staff | None = None
    sellers: list[Seller] = []


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept, with the passwords, readable by us alone."""

    database: str
    proved: bool
    admin: Staff
    sellers: list[Seller]


def load(config: Config) -> Demo | None:
    """The demonstration of this database; None where there is none, or it is another's."""
    try:
        kept = msgspec.json.decode(_path(config).read_bytes(), type=Demo)
    except (OSError, msgspec.DecodeError):
        return None
    return kept if kept.database == fingerprint(config) else None


def keep(config: Config, demo: Demo) -> None:
    """Write it down, whole or not at all."""
    path = _path(config)
    unfinished = path.with_name(f"{path.name}.unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(demo), indent=2))
    unfinished.replace(path)


def from_seed(config: Config, printed: bytes) -> Demo | None:
    """Read the line of `topup seed_demo`: None where it made nobody."""
    lines = printed.strip().splitlines()
    seeded = msgspec.json.decode(lines[-1] if lines else b"{}", type=Seeded)
    if seeded.admin is None or not seeded.sellers:
        return None
    return Demo(database=fingerprint(config), proved=False, admin=seeded.admin, sellers=seeded.sellers)


def fingerprint(config: Config) -> str:
    """Tells databases apart without writing down a password. A moved home keeps its own."""
    if config.embedded:
        return "embedded"
    return hashlib.sha256(config.dsn("app").encode()).hexdigest()[:16]


def _path(config: Config) -> Path:
    return config.home / FILE_NAME
