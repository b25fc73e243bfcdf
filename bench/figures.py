"""The figures of one measurement. Pure."""

from collections.abc import Mapping

import msgspec

from bench.processes import Memory
from bench.yardstick import Yardstick

MB = 2**20
NOT_OURS = "PostgreSQL"


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What a measurement took, by group of processes: CPU in cores, memory at its end."""

    cores: dict[str, float]
    memory: dict[str, Memory]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One load through HTTP. Times are response times of a closed loop, in milliseconds a request;
    `wal_bytes` is what PostgreSQL logged for each recharge that it sold."""

    name: str
    connections: int
    items: int
    per_second: float
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    errors: dict[str, int]
    unanswered: int
    wal_bytes: float
    cost: Cost


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One run of pgbench with what it took."""

    figure: Yardstick
    cost: Cost


def ours_mb(memory: Mapping[str, Memory]) -> float:
    """Memory of our processes, PostgreSQL apart, with shared pages counted once."""
    return sum(each.pss_bytes for name, each in memory.items() if name != NOT_OURS) / MB
