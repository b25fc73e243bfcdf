"""`.env.example` and the table of settings in the documentation, both made from `topup.config`.

`python -m topup.management.settings_reference` writes them again; a test holds them to it.
"""

from pathlib import Path

import msgspec
from msgspec import inspect

from topup.config import Config

ENV_EXAMPLE = Path(".env.example")
TABLE = Path("docs/reference/settings.md")
ENV_HEADING = """\
# Every setting, with its default. Copy this file to `.env` and uncomment what you change; the
# environment goes before `.env`. What they mean in full: docs/reference/settings.md.
"""
TABLE_HEADING = """\
# Settings

Each is read from the environment, then from `.env` in the working directory, then from its default.
A value that is not accepted stops the command with a message that names the variable. This page is
made from `topup/config.py` by `python -m topup.management.settings_reference`.

| Variable | Default | Accepts | What it is |
|---|---|---|---|
"""


def env_example() -> str:
    """The text of `.env.example`."""
    blocks = (
        f"\n# {description}\n# Accepts: {accepts}\n# {name}={default}\n"
        for name, default, accepts, description in _settings()
    )
    return ENV_HEADING + "".join(blocks)


def table() -> str:
    """The text of `docs/reference/settings.md`."""
    rows = (
        f"| `{name}` | {f'`{default}`' if default else 'empty'} | {accepts} | {description} |\n"
        for name, default, accepts, description in _settings()
    )
    return TABLE_HEADING + "".join(rows)


def _settings() -> list[tuple[str, str, str, str]]:
    kind = inspect.type_info(Config)
    assert isinstance(kind, inspect.StructType), "Config is a struct"
    return [
        (field.encode_name.upper(), _default(field.default), _accepts(field.type), _description(field.type))
        for field in kind.fields
    ]


def _default(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _description(kind: inspect.Type) -> str:
    assert isinstance(kind, inspect.Metadata), "every setting has a description"
    return str((kind.extra_json_schema or {})["description"])


def _accepts(kind: inspect.Type) -> str:
    match kind:
        case inspect.Metadata():
            return _accepts(kind.type)
        case inspect.BoolType():
            return "true or false"
        case inspect.LiteralType():
            return " or ".join(map(str, kind.values))
        case inspect.IntType(ge=low, le=high):
            return _whole_number(low, high)
        case inspect.StrType(min_length=least):
            return "text, not empty" if least else "text"
    raise msgspec.ValidationError(f"no words for {kind}")


def _whole_number(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"a number, {low} or more" if low is not None else "a number"


if __name__ == "__main__":
    ENV_EXAMPLE.write_text(env_example(), encoding="utf-8")
    TABLE.write_text(table(), encoding="utf-8")
