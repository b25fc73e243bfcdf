"""The embedded PostgreSQL takes an eighth of the memory for its pages, within bounds for any machine."""

from pathlib import Path

import pytest

from topup.embedded import configuration

GB = 2**30


@pytest.mark.parametrize(
    ("memory_bytes", "megabytes"),
    [(GB // 2, 128), (GB, 128), (2 * GB, 256), (8 * GB, 1024), (64 * GB, 1024)],
)
def test_an_eighth_of_the_memory_within_bounds(memory_bytes: int, megabytes: int) -> None:
    assert configuration.shared_buffers_mb(memory_bytes) == megabytes


@pytest.mark.parametrize(("limit", "bytes_"), [("max\n", None), (f"{GB}\n", GB)])
def test_a_container_has_what_it_may_use(tmp_path: Path, limit: str, bytes_: int | None) -> None:
    file = tmp_path / "memory.max"
    file.write_text(limit, encoding="ascii")
    machine = configuration.memory_bytes(limit=tmp_path / "missing")

    assert configuration.memory_bytes(limit=file) == (bytes_ or machine)
