"""Many processes write one log: no line is lost, torn or out of bounds, however often it is turned over."""

import io
import logging
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.support.installation import ROOT
from tests.telemetry import scenes
from topup.telemetry.files import SharedFile
from topup.telemetry.logs import Lines
from topup.telemetry.writer import MAX_WAITING_LINES, Log, Writer

FULL = Path("/dev/full")
EACH = 2_000
MAX_BYTES = 4_096
PROGRAM = """
import sys
from pathlib import Path
from topup.telemetry.files import SharedFile
name, path, each, max_bytes, kept = sys.argv[1:]
file = SharedFile(Path(path), max_bytes=int(max_bytes), kept=int(kept))
for number in range(int(each)):
    file.write(b'{"who":"%s","number":%d}\\n' % (name.encode(), number))
"""


def write_from_two_processes(path: Path, *, kept: int) -> None:
    words = [str(path), str(EACH), str(MAX_BYTES), str(kept)]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, name, *words], env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        for name in ("one", "other")
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]


def test_two_processes_lose_no_line_while_the_file_is_turned_over(tmp_path: Path) -> None:
    path = tmp_path / "test.log"

    write_from_two_processes(path, kept=10_000)

    written = scenes.lines(path)
    assert len(list(tmp_path.glob("test.log.*"))) > 10
    for name in ("one", "other"):
        assert sorted(line["number"] for line in written if line["who"] == name) == list(range(EACH))


def test_a_log_never_outgrows_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "test.log"

    write_from_two_processes(path, kept=2)

    files = [file for file in tmp_path.iterdir() if file.name.startswith("test.log")]
    assert {file.name for file in files} == {"test.log", "test.log.1", "test.log.2"}
    assert all(file.stat().st_size < MAX_BYTES + 100 for file in files)


def test_a_log_that_somebody_removed_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "test.log"
    file = SharedFile(path)
    file.write(b"first\n")
    path.unlink()

    file.write(b"second\n")

    assert path.read_bytes() == b"second\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_lines_beyond_the_bound_are_dropped_and_the_log_says_how_many(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    held = threading.Event()
    writer.put(Log.TRANSACTIONS, lambda: b"first\n" if held.wait(10) else b"")

    writer.put(Log.TRANSACTIONS, b"too many\n", count=MAX_WAITING_LINES)
    held.set()

    (told,) = scenes.awaited(tmp_path / "application.log", lambda line: line["event"] == "log lines dropped")
    assert told["count"] == MAX_WAITING_LINES
    assert (tmp_path / "transactions.log").read_bytes() == b"first\n"


def test_a_log_that_cannot_be_written_stops_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file where the directory should be")
    writer = Writer(tmp_path / "logs")

    writer.put(Log.SECURITY, b"a line\n")
    writer.flush()

    assert "log lines are lost" in capsys.readouterr().err


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
def test_a_log_that_nobody_can_write_fails_nobody_who_logs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk of the logs is full, and so is that behind stderr: a sale goes on without its line."""
    handler = Lines(str(tmp_path / "logs"), threaded=False)
    record = logging.LogRecord("topup", logging.WARNING, __file__, 1, "said", None, None)

    with io.TextIOWrapper(FULL.open("wb", buffering=0), write_through=True) as nowhere:
        monkeypatch.setattr("sys.stderr", nowhere)
        handler.handle(record)
