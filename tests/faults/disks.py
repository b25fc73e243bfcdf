"""Disks that a test may fill, or whose power it may cut: file systems of their own, made and mounted by root.

Owns the mounting, and the skip where it cannot be done. Cutting the power is the kernel's own way of testing
that: ext4 on a loop device forgets at once whatever was not synced, and its journal with it.
"""

import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.needs import ELSEWHERE

EXT4_IOC_SHUTDOWN = 0x8004587D
FORGET_THE_JOURNAL = struct.pack("I", 2)
PROGRAM_TIMEOUT_S = 60
MEGABYTE = 2**20
BALLAST = "ballast"
TMPFS, EXT4 = "tmpfs", "ext4"


class Disk:
    """A mounted file system of this many megabytes; `path` is where."""

    def __init__(self, path: Path, image: Path | None, megabytes: int) -> None:
        self.path = path
        self._image = image
        self._megabytes = megabytes

    def mount(self) -> None:
        if self._image is None:
            size = f"size={self._megabytes}m"
            _run("mount", "-t", TMPFS, "-o", size, TMPFS, str(self.path))
        else:
            _run("mount", "-t", EXT4, "-o", "loop", str(self._image), str(self.path))
        self.path.chmod(0o755)

    def unmount(self) -> None:
        if self.path.is_mount():
            _run("umount", str(self.path))

    def sync(self) -> None:
        """Everything that was written so far outlives a power cut."""
        _run("sync", "--file-system", str(self.path))

    def cut_power(self) -> None:
        """From here on nothing is written, and what was not synced is forgotten."""
        directory = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(directory, EXT4_IOC_SHUTDOWN, FORGET_THE_JOURNAL)
        finally:
            os.close(directory)

    def fill(self) -> None:
        """Take all the space that is left, for everybody."""
        with (self.path / BALLAST).open("ab", buffering=0) as ballast:
            for block in (MEGABYTE, 4096):
                try:
                    while True:
                        ballast.write(bytes(block))
                except OSError:  # this much does not fit any more
                    continue

    def free(self) -> None:
        (self.path / BALLAST).unlink()


@contextmanager
def mounted(kind: str, *, megabytes: int) -> Iterator[Disk]:
    """Such a disk, gone at the end. Skips where this user or this machine cannot mount one."""
    above = Path(tempfile.mkdtemp(prefix="disk-", dir="/tmp"))
    above.chmod(0o755)
    (above / "m").mkdir()
    disk = Disk(above / "m", above / "image" if kind == EXT4 else None, megabytes)
    try:
        _make(disk, above / "image", kind, megabytes)
        yield disk
    finally:
        disk.unmount()
        shutil.rmtree(above)


def _make(disk: Disk, image: Path, kind: str, megabytes: int) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk of its own")
    try:
        if kind == EXT4:
            with image.open("wb") as file:
                file.truncate(megabytes * MEGABYTE)
            _run("mkfs.ext4", "-q", "-F", str(image))
        disk.mount()
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        told = getattr(error, "stderr", b"") or str(error)
        pytest.skip(f"this machine lets nobody mount a disk of their own: {told!r}")


def _run(*words: str) -> None:
    path = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{ELSEWHERE}"
    program = shutil.which(words[0], path=path)
    if program is None:
        raise FileNotFoundError(words[0])
    subprocess.run([program, *words[1:]], capture_output=True, check=True, timeout=PROGRAM_TIMEOUT_S)
