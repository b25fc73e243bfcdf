"""The compose files as data, read as Docker Compose reads them as far as ours go."""

import re
from typing import Any

import yaml

from tests.support.installation import ROOT

FILES = ("compose.yaml", "compose.prod.yaml")
ASKED = re.compile(r"\$\{(\w+)(?::([?-])[^}]*)?\}")


def read(name: str) -> dict[str, Any]:  # a YAML document
    document: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return document


def asked(value: object) -> dict[str, str]:
    """The variables that a value asks for: `?` where it must be given, `-` where it has a default."""
    return dict(ASKED.findall(str(value)))
