"""The configuration files of the embedded server: what it listens on, whom it trusts, how it is tuned.

They are written anew before every start, so that a moved or upgraded installation fits. Nothing
here may weaken durability: `fsync`, `full_page_writes` and `synchronous_commit` stay on.
"""

import os
import shlex
from collections.abc import Iterable
from pathlib import Path

from topup.config import APP_ROLE, OWNER_ROLE, SUPERUSER_ROLE

CONFIGURATION_NAME = "topup.conf"
INCLUDE_LINE = f"include '{CONFIGURATION_NAME}'"
MAX_CONNECTIONS = 100
# Given on the command line too, where neither a file nor ALTER SYSTEM can turn them off.
DURABILITY = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
# A checkpoint writes every page whole once more, so rare checkpoints cost less; recovering from the
# longest of them still takes seconds. The wheel has neither LZ4 nor zstd, and PGLZ takes PostgreSQL
# longer than the sale that wrote the page.
TUNING = {
    "max_connections": str(MAX_CONNECTIONS),
    "wal_buffers": "'16MB'",
    "wal_compression": "off",
    "max_wal_size": "'2GB'",
    "min_wal_size": "'256MB'",
    "checkpoint_timeout": "'15min'",
    "random_page_cost": "1.1",
    # Our statements are short: compiling one takes longer than running it.
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_line_prefix": "'%m [%p] %u@%d '",
    "log_min_duration_statement": "'2s'",
    # A DETAIL repeats the row that was refused, with its telephone number.
    "log_error_verbosity": "terse",
    # A parameter may be a telephone number or a key.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
IDENT_MAP = "topup"
MB = 2**20
SHARED_BUFFERS_MB = (128, 1024)
"""At least and at most, of an eighth of the memory: the ends of the indexes, which each sale writes to."""
MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")
"""What a container may use; `max` where it may use all."""
# What is written is in the archive at the latest after this, also where little is sold.
ARCHIVE_TIMEOUT = "'60s'"


def write(
    *, data_dir: Path, socket_dir: Path, peer_names: Iterable[str], archive: Path | None = None
) -> list[Path]:
    """Write the files and return them. The server must not be running."""
    main = data_dir / "postgresql.conf"
    if INCLUDE_LINE not in main.read_text(encoding="utf-8").splitlines():
        with main.open("a", encoding="utf-8") as file:
            file.write(f"\n{INCLUDE_LINE}\n")
    texts = {
        CONFIGURATION_NAME: _settings(socket_dir, archive),
        "pg_hba.conf": _who_may_connect(),
        "pg_ident.conf": _who_is_who(peer_names),
    }
    for name, text in texts.items():
        (data_dir / name).write_text(text, encoding="utf-8")
    return [main, *(data_dir / name for name in texts)]


def archive_command(archive: Path) -> str:
    """What the server runs for each finished file of its log: copied whole or not at all, and once."""
    there = f"{_in_command(archive)}/%f.gz"
    kept = f"sync {there}.part && mv {there}.part {there} && sync {_in_command(archive)}"
    return (
        f"if test -e {there}; then gzip -dc {there} | cmp -s - %p; "
        f"else gzip -1 < %p > {there}.part && {kept}; fi"
    )


def restore_command(archive: Path) -> str:
    """What a server that recovers runs for each file that it wants."""
    there = f"{_in_command(archive)}/%f.gz"
    return f"test -f {there} && gzip -dc {there} > %p"


def _in_command(path: Path) -> str:
    """A path as a shell reads it, in a text where % has a meaning."""
    return shlex.quote(str(path)).replace("%", "%%")


def _archiving(archive: Path | None) -> dict[str, str]:
    if archive is None:
        return {}
    command = archive_command(archive).replace("\\", "\\\\").replace("'", "''")
    return {
        "archive_mode": "on",
        "archive_command": f"'{command}'",
        "archive_timeout": ARCHIVE_TIMEOUT,
    }


def _settings(socket_dir: Path, archive: Path | None) -> str:
    escaped = str(socket_dir).replace('"', '""').replace("'", "''").replace("\\", "\\\\")
    network = {
        "listen_addresses": "''",
        "unix_socket_directories": f"'\"{escaped}\"'",
        "unix_socket_permissions": "0777",  # the directory, of mode 0700, is what keeps others out
    }
    memory = {"shared_buffers": f"'{shared_buffers_mb(memory_bytes())}MB'"}
    chosen = {**network, **TUNING, **memory, **_archiving(archive), **DURABILITY}
    lines = (f"{name} = {value}" for name, value in chosen.items())
    return (
        "# Written before every start. Put your own settings into postgresql.auto.conf.\n"
        + "\n".join(lines)
        + "\n"
    )


def shared_buffers_mb(memory: int) -> int:
    """Of so many bytes of memory."""
    least, most = SHARED_BUFFERS_MB
    return min(max(memory // 8 // MB, least), most)


def memory_bytes(*, limit: Path = MEMORY_LIMIT) -> int:
    """Of this machine, or of this container where its limit is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        most = limit.read_text(encoding="ascii").strip()
    except OSError:
        return machine
    return min(machine, int(most)) if most.isdecimal() else machine


def _who_may_connect() -> str:
    roles = ",".join((APP_ROLE, OWNER_ROLE, SUPERUSER_ROLE))
    return (
        f"# Written before every start.\nlocal all {roles} peer map={IDENT_MAP}\n"
        f"local replication {SUPERUSER_ROLE} peer map={IDENT_MAP}\n"
    )


def _who_is_who(peer_names: Iterable[str]) -> str:
    lines = ["# Written before every start."]
    for name in dict.fromkeys(peer_names):
        quoted = '"' + name.replace('"', '""') + '"'
        lines += [f"{IDENT_MAP} {quoted} {role}" for role in (APP_ROLE, OWNER_ROLE, SUPERUSER_ROLE)]
    return "\n".join(lines) + "\n"
