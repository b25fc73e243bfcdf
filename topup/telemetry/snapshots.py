"""The numbers of all workers of one server, brought together through a directory.

Owns that directory: each worker keeps its snapshot in a file of its own there, whoever is asked adds
them up. What workers that ended have counted stays in the sums (a counter never falls); their gauges
go with them, and their files are folded into one.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import msgspec

from topup.telemetry.counts import Histogram, Snapshot
from topup.telemetry.metrics import METRICS, Kind

GONE_S = 60.0
"""A snapshot older than this has no gauges: its worker writes it every second."""
FOLDED = "ended.json"
_LOCK = ".lock"
_DIRECTORY_MODE = 0o700
_encode = msgspec.json.Encoder().encode


class Folded(msgspec.Struct):
    """What workers that ended had counted, and which files that was made of."""

    snapshot: Snapshot
    files: list[str] = []


class Directory:
    """The snapshots of one server, whose directory is emptied when it starts."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _own(self) -> Path:
        """This process's file, named once it has something to keep: the application is loaded before the
        workers are forked."""
        return self._path / f"{os.getpid()}-{time.time_ns()}.json"

    @staticmethod
    def begin(path: Path) -> None:
        """Begin with nothing. For the main process, before its workers."""
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True, exist_ok=True, mode=_DIRECTORY_MODE)

    def keep(self, snapshot: Snapshot) -> None:
        """Put this worker's numbers where the others find them."""
        self._path.mkdir(parents=True, exist_ok=True, mode=_DIRECTORY_MODE)
        self._replace(self._own, _encode(snapshot))

    def total(self) -> Snapshot:
        """The sums over all workers, alive and ended."""
        with self._locked():
            folded = self._fold_ended()
            alive = [
                (msgspec.json.decode(path.read_bytes(), type=Snapshot), path) for path in self._workers()
            ]
        fresh_since_s = time.time() - GONE_S
        parts = [folded.snapshot]
        for snapshot, path in alive:
            if path.stat().st_mtime < fresh_since_s:
                snapshot.gauges = {}
            parts.append(snapshot)
        return add_up(parts)

    def _workers(self) -> list[Path]:
        return sorted(path for path in self._path.glob("*-*.json"))

    def _fold_ended(self) -> Folded:
        """Files of processes that are no more, into one. A crash halfway counts nothing twice."""
        path = self._path / FOLDED
        folded = msgspec.json.decode(path.read_bytes(), type=Folded) if path.exists() else Folded(Snapshot())
        ended = [file for file in self._workers() if not _alive(int(file.name.partition("-")[0]))]
        if not ended:
            return folded
        parts = [folded.snapshot]
        for file in ended:
            if file.name not in folded.files:
                snapshot = msgspec.json.decode(file.read_bytes(), type=Snapshot)
                snapshot.gauges = {}
                parts.append(snapshot)
        folded = Folded(add_up(parts), [file.name for file in ended])
        self._replace(path, _encode(folded))
        for file in ended:
            file.unlink()
        return folded

    def _replace(self, path: Path, content: bytes) -> None:
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_bytes(content)
        beside.replace(path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self._path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def of_server(home: Path, port: int) -> Path:
    """Where the snapshots of the server on a port are: one home may have several servers."""
    return home / "metrics" / str(port)


def add_up(parts: list[Snapshot]) -> Snapshot:
    """The sums of several snapshots; of gauges that are no sum, the largest."""
    counters: dict[tuple[str, tuple[str, ...]], float] = {}
    histograms: dict[tuple[str, tuple[str, ...]], Histogram] = {}
    gauges: dict[str, float] = {}
    for part in parts:
        for name, series in part.counters.items():
            for labels, amount in series:
                counters[name, labels] = counters.get((name, labels), 0) + amount
        for name, observed in part.histograms.items():
            for labels, histogram in observed:
                histograms[name, labels] = _both(histograms.get((name, labels)), histogram)
        for name, amount in part.gauges.items():
            latest = METRICS[name].kind is Kind.LATEST
            gauges[name] = max(gauges.get(name, 0), amount) if latest else gauges.get(name, 0) + amount
    total = Snapshot(gauges=gauges)
    for (name, labels), amount in counters.items():
        total.counters.setdefault(name, []).append((labels, amount))
    for (name, labels), histogram in histograms.items():
        total.histograms.setdefault(name, []).append((labels, histogram))
    return total


def _both(one: Histogram | None, other: Histogram) -> Histogram:
    if one is None:
        return other
    return Histogram([a + b for a, b in zip(one.buckets, other.buckets, strict=True)], one.sum + other.sum)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
