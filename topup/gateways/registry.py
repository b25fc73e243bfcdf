"""The one table of gateways: each folder beside this file that has a `gateway.py`.

A gateway's folder brings `NAME` (the folder's own), `TITLE` (marked for translation), `Settings` (a
`Configuration`) and `make(settings, config)`, which opens nothing yet. The one whose `IS_INSTANT` is true
has no `make`: it delivers in the transaction of the sale. Nothing else names a gateway: choices are made
from here.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import NamedTuple

from topup.config import Config
from topup.gateways.contract import Gateway
from topup.gateways.settings import Configuration, OperatorSettings, Unusable

HERE = Path(__file__).parent
MAX_NAME = 20
"""Characters of a gateway's name, which stands in a column."""


class Kind(NamedTuple):
    """One gateway that there is. Its title is translated when it is shown."""

    name: str
    title: str
    settings: type[Configuration]
    make: Callable[[OperatorSettings, Config], Gateway] | None

    @property
    def is_instant(self) -> bool:
        return self.make is None


@cache
def kinds() -> dict[str, Kind]:
    """All of them, by name. They are loaded at the first call, not when this is imported."""
    folders = (found.name for found in iter_modules([str(HERE)]) if found.ispkg)
    return {name: _kind(name) for name in sorted(folders) if HERE.joinpath(name, "gateway.py").is_file()}


def _kind(name: str) -> Kind:
    module = import_module(f"topup.gateways.{name}.gateway")
    instant: bool = getattr(module, "IS_INSTANT", False)
    assert name == module.NAME, f"{module.__name__} calls itself {module.NAME}"
    assert len(name) <= MAX_NAME, name
    return Kind(name, module.TITLE, module.Settings, None if instant else module.make)


def choices() -> list[tuple[str, str]]:
    """What staff choose from, as forms want it."""
    return [(kind.name, kind.title) for kind in kinds().values()]


def find(name: str) -> Kind:
    """Raises Unusable, which names the choices."""
    kind = kinds().get(name)
    if kind is None:
        raise Unusable("gateway", f"is not one of {', '.join(kinds())}")
    return kind


def make(settings: OperatorSettings, config: Config) -> Gateway:
    """The gateway of these settings, which connects when it is first used. Raises Unusable."""
    kind = find(settings.gateway)
    if kind.make is None:
        raise Unusable("gateway", f"{kind.name} delivers in the sale itself and is never asked")
    return kind.make(settings, config)


def check(settings: OperatorSettings) -> None:
    """Raise Unusable unless a gateway can be made of these settings."""
    settings.configured(find(settings.gateway).settings)
