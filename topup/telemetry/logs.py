"""Logging: every line of every library through the same processors, as JSON, into the right files.

Owns the configuration of structlog and of the standard library's logging, and which line goes where:
what `topup.security` and `django.security` say into security.log, all else into application.log, and
errors into error.log too, with their traceback. Movements go another way (`transactions.py`).
"""

import atexit
import contextlib
import json
import logging
import re
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

from topup import clock
from topup.config import Config, ConfigError
from topup.telemetry import context, redaction
from topup.telemetry.writer import Log, Writer

SECURITY_LOGGER = "topup.security"
SECURITY_LOGGERS = (SECURITY_LOGGER, "django.security")
MAX_LINE_CHARACTERS = 32_768
"""Of one value in a line, such as a traceback: longer ones are cut."""
# JSON escapes control characters below 0x20 itself; these would reorder or break a line on a screen.
_TREACHEROUS = re.compile("[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")

_writers: dict[Path, Writer] = {}


def writer(directory: Path) -> Writer:
    """This process's writer of a directory."""
    if directory not in _writers:
        if not _writers:
            atexit.register(flush)
        _writers[directory] = Writer(directory)
    return _writers[directory]


def prepare(config: Config) -> None:
    """Raise ConfigError where no log can be written."""
    trial = config.logs / f".{Log.APPLICATION}.lock"
    try:
        config.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        trial.touch(mode=0o600)
    except OSError as error:
        raise ConfigError(
            f"LOG_DIR: {error.strerror}: {config.logs}. Name a directory that this user may write to."
        ) from error


def dictionary(config: Config, *, threaded: bool = True) -> dict[str, Any]:  # the shape is logging.config's
    """The configuration for `logging.config.dictConfig` and Django's LOGGING. Sets structlog up.

    A process that forks others must not be `threaded`; it writes its few lines itself.
    """
    _set_up_structlog()
    ours = {"()": Lines, "directory": str(config.logs), "threaded": threaded}
    lines: dict[str, Any] = {"handlers": ["lines"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"lines": ours},
        "root": {"handlers": ["lines"], "level": config.log_level},
        "loggers": {
            SECURITY_LOGGER: {**lines, "level": "INFO"},
            "uvicorn": {**lines, "level": "WARNING"},
            # Its warnings tell that a pipeline ended by the error that is raised anyway.
            "psycopg": {"level": "ERROR"},
            # Django's own handlers would mail errors and print them in a form of their own.
            "django": {**lines, "level": config.log_level},
            "django.server": {**lines, "level": config.log_level},
        },
    }


def flush() -> None:
    """Wait until what was logged is written. For the end of a process."""
    for each in _writers.values():
        each.flush()


class Lines(logging.Handler):
    """Formats a record once; the line goes to its files and to stderr."""

    def __init__(self, directory: str, *, threaded: bool) -> None:
        super().__init__()
        own = writer(Path(directory))
        self._put = own.put if threaded else own.write
        self.setFormatter(_formatter())

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            encoded = line.encode() + b"\n"
            self._put(Log.SECURITY if record.name.startswith(SECURITY_LOGGERS) else Log.APPLICATION, encoded)
            if record.levelno >= logging.ERROR:
                self._put(Log.ERROR, encoded)
            sys.stderr.write(line + "\n")
        except Exception:  # noqa: BLE001  # logging's own boundary: what logs must not fail for it
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's own name
        """Say that a line is lost, without its values: they were not redacted."""
        with contextlib.suppress(OSError, ValueError):  # where stderr is a file on a full disk, or closed
            sys.stderr.write(f"topup: a line of {record.name} could not be logged\n")


def _set_up_structlog() -> None:
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _formatter() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            _described,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            redacted,
            rendered,
        ],
        foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter()],
    )


def _described(
    _: Any, __: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:  # structlog's form
    """When, how grave, who says it, and in whose request."""
    record: logging.LogRecord = line["_record"]
    return {
        "time": clock.rfc3339(int(record.created * clock.US_PER_SECOND)),
        "level": record.levelname.lower(),
        "event": line.pop("event"),
        "logger": record.name,
        "process": record.process,
        **context.who(),
        **line,
    }


def redacted(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # structlog's form
    """The line without secrets and with masked numbers: the one processor through which all lines go."""
    cleaned: dict[str, Any] = redaction.value(dict(line))
    return cleaned


def rendered(_: Any, __: str, line: MutableMapping[str, Any]) -> str:  # structlog's form
    """One line of JSON, in which nothing reorders or ends the line but its end."""
    cut = {name: _cut(value) for name, value in line.items()}
    return _TREACHEROUS.sub(_escaped, json.dumps(cut, ensure_ascii=False, default=str))


def _cut(value: Any) -> Any:  # a JSON value
    if isinstance(value, str) and len(value) > MAX_LINE_CHARACTERS:
        return value[:MAX_LINE_CHARACTERS] + f"… and {len(value) - MAX_LINE_CHARACTERS} more"
    return value


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
