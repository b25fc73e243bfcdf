"""What a gateway is told of its operator, and how staff's configuration becomes a typed one.

Owns the shape that the worker reads from the database, without Django, and the errors that say which
field of a configuration won't do. It must never show a secret: only its name.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from topup import sqlfiles
from topup.trips import Row, Statement
from topup.vault import CannotOpenError, Vault

SQL = sqlfiles.load(Path(__file__).with_name("read.sql"))
DEFAULT_MAX_IN_FLIGHT = 64
MAX_IN_FLIGHT = 1_000
"""Words under way with one operator; each holds a connection."""
MAX_CONFIGURATION = 20_000
"""Characters of a configuration, written as JSON."""
NUL = rb"\u0000"
MAX_SECRETS = 20
MIN_SECRET, MAX_SECRET = 4, 2_000
"""Characters of a secret. A shorter one could not be taken out of an answer without taking the rest."""
MAX_ALLOWED_HOSTS = 20
MAX_HOST = 253
"""Characters of a host's name, by RFC 1035."""

_SECRET_NAME = re.compile(r"[A-Za-z0-9_-]{1,50}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?")
_PATH = re.compile(r"^(.*?)(?: - at `\$\.?(.*)`)?$", re.DOTALL)
_FIELD = re.compile(r"^([a-z_.]+): (.*)$", re.DOTALL)
_NAMED = re.compile(r"object (?:contains unknown|missing required) field `(.*?)`", re.IGNORECASE)

Pair = tuple[str, str]
"""An operator's code and a gateway's name."""


class Unusable(ValueError):
    """A gateway can't work with what staff set. `field` names it, `reason` says what it accepts."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


class Configuration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What staff set for one kind of gateway; each kind has its own fields, all JSON."""

    def check(self, *, secrets: Collection[str], allowed_hosts: Collection[str]) -> None:
        """Raise Unusable for what only shows beside the names of the secrets and the allowed hosts."""


C = TypeVar("C", bound=Configuration)


class OperatorSettings(NamedTuple):
    """Everything about one operator that one gateway is made from. `version` rises with each change."""

    code: str
    gateway: str
    configuration: Mapping[str, Any] = {}  # a JSON object
    secrets: Mapping[str, str] = {}
    max_in_flight: int = DEFAULT_MAX_IN_FLIGHT
    allowed_hosts: tuple[str, ...] = ()
    version: int = 0

    def configured(self, kind: type[C]) -> C:
        """The configuration as this gateway's own. Raises Unusable."""
        read = read_configuration(kind, self.configuration)
        read.check(secrets=self.secrets.keys(), allowed_hosts=self.allowed_hosts)
        return read


class Loaded(NamedTuple):
    """What the database says: the settings, and why those of the others can't be used."""

    settings: dict[Pair, OperatorSettings]
    broken: dict[Pair, str]


def read_all() -> Statement:
    """The connections of all operators: some rows, which the worker reads each second."""
    return (SQL["read_connections"], ())


def read_of(operator: str) -> Statement:
    """The connections of one operator, the gateway of this moment first."""
    return (SQL["read_connections_of"], (operator,))


def loaded(rows: Iterable[Row], vault: Vault) -> Loaded:
    """Rows of either statement. A pair that has no row works with `unset`."""
    found: dict[Pair, OperatorSettings] = {}
    broken: dict[Pair, str] = {}
    for row in rows:
        pair = (row[0], row[1])
        try:
            found[pair] = settings_of(row, vault)
        except CannotOpenError as error:
            broken[pair] = str(error)
    return Loaded(found, broken)


def settings_of(row: Row, vault: Vault) -> OperatorSettings:
    """One row, its secrets opened. Raises CannotOpenError."""
    code, gateway, configuration, sealed, max_in_flight, allowed_hosts, version = row
    secrets = {name: vault.open(token.encode()).decode() for name, token in sealed.items()}
    return OperatorSettings(
        code, gateway, configuration, secrets, max_in_flight, tuple(allowed_hosts), version
    )


def unset(*, operator: str, gateway: str) -> OperatorSettings:
    """The settings of a gateway that staff never configured for this operator."""
    return OperatorSettings(operator, gateway)


def read_configuration(kind: type[C], given: Mapping[str, Any]) -> C:  # a JSON object
    """Raises Unusable, with the path of the field."""
    written = msgspec.json.encode(given)
    if len(written) > MAX_CONFIGURATION:
        raise Unusable("", f"a configuration has at most {MAX_CONFIGURATION:,} characters")
    if NUL in written:
        raise Unusable("", "remove the character \\u0000, which PostgreSQL can't keep")
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from None


def check_secret(name: str, value: str) -> None:
    """Raise Unusable for a name that no template could hold, or a value that no header could."""
    if not _SECRET_NAME.fullmatch(name):
        raise Unusable("secrets", "a name has 1 to 50 letters, digits, dashes and underscores")
    if not MIN_SECRET <= len(value) <= MAX_SECRET:
        raise Unusable(f"secrets.{name}", f"a secret has {MIN_SECRET} to {MAX_SECRET} characters")
    if not (value.isascii() and value.isprintable()):
        raise Unusable(f"secrets.{name}", "a secret has printable ASCII characters only")


def check_hosts(hosts: Collection[str]) -> None:
    if len(hosts) > MAX_ALLOWED_HOSTS:
        raise Unusable("allowed_hosts", f"name at most {MAX_ALLOWED_HOSTS} hosts")
    for host in hosts:
        if len(host) > MAX_HOST or not _HOST.fullmatch(host):
            raise Unusable("allowed_hosts", "write names of hosts such as gateway.internal or 10.0.0.7")


def check_in_flight(count: int) -> None:
    if not 1 <= count <= MAX_IN_FLIGHT:
        raise Unusable("max_in_flight", f"a number from 1 to {MAX_IN_FLIGHT:,}")


def _explained(message: str) -> Unusable:
    """msgspec's sentence, with the field that it or our own check names."""
    match = _PATH.match(message)
    text, path = (match[1], match[2] or "") if match else (message, "")
    own = _FIELD.match(text)
    if own:
        return Unusable(f"{path}.{own[1]}".lstrip("."), own[2])
    named = _NAMED.match(text)
    if named:
        reason = "is required" if "missing" in text else "is not known here: remove it, or correct its name"
        return Unusable(f"{path}.{named[1]}".lstrip("."), reason)
    return Unusable(path, text[:1].lower() + text[1:])
