"""What the figures were measured on and with: the machine, the versions, the disk.

Owns what a report says of a machine. It tells no path, no host name and no address.
"""

import os
import platform
import time
from importlib import metadata
from pathlib import Path

import msgspec
import psutil

PACKAGES = (
    "topupengine",
    "django",
    "uvicorn",
    "httptools",
    "litestar",
    "msgspec",
    "psycopg",
    "psycopg-binary",
    "uvloop",
)
SYNC_SECONDS = 1.0
SYNC_BLOCK = b"\0" * 8_192
_CPU_INFO = Path("/proc/cpuinfo")


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where a run took place. `syncs_per_second`: blocks of 8 kB, each made durable on its own."""

    cores: int
    cpu_model: str
    memory_mb: int
    kernel: str
    file_system: str
    syncs_per_second: int
    load_average_before: float
    versions: dict[str, str]


def describe(*, directory: Path, postgresql: str, also: tuple[str, ...] = ()) -> Machine:
    """This machine; `directory` is where the data are, `also` are more packages that made the figures."""
    return Machine(
        cores=psutil.cpu_count() or 1,
        cpu_model=_cpu_model(),
        memory_mb=psutil.virtual_memory().total // 2**20,
        kernel=f"{platform.system()} {platform.release()}",
        file_system=_file_system(directory),
        syncs_per_second=_syncs_per_second(directory),
        load_average_before=round(os.getloadavg()[0], 2),
        versions={"Python": platform.python_version(), "PostgreSQL": postgresql, **_packages(also)},
    )


def _packages(also: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for name in PACKAGES + also:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _cpu_model() -> str:
    if _CPU_INFO.exists():
        for line in _CPU_INFO.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _file_system(directory: Path) -> str:
    """The kind of the file system that is mounted nearest above a directory."""
    inside = directory.resolve()
    holding = [part for part in psutil.disk_partitions(all=True) if inside.is_relative_to(part.mountpoint)]
    return max(holding, key=lambda part: len(part.mountpoint)).fstype if holding else "unknown"


def _syncs_per_second(directory: Path) -> int:
    """What the disk can do at the most for transactions that wait for nobody."""
    file = directory / "syncs"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        count, until = 0, time.monotonic() + SYNC_SECONDS
        while time.monotonic() < until:
            os.pwrite(descriptor, SYNC_BLOCK, 0)
            os.fsync(descriptor)
            count += 1
    finally:
        os.close(descriptor)
        file.unlink()
    return round(count / SYNC_SECONDS)
