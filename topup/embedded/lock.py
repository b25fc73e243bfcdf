"""Who uses a `TOPUP_HOME`: a lock that the kernel lets go when its holder dies, however it dies."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from topup.embedded.errors import ClusterError, HomeInUse

LOCK_NAME = "lock"


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """What the holder of a lock wrote about itself."""

    pid: int = 0
    url: str = ""


class HomeLock:
    """The right to run the server of one home. Raises HomeInUse on entering while another has it."""

    def __init__(self, home: Path) -> None:
        self.path = home / LOCK_NAME
        self.died = Holder()
        """What the holder before us had written, where it was killed and left its children to end."""
        self._descriptor = -1

    def __enter__(self) -> Self:
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise HomeInUse(_in_use(self.path.parent, holder(self.path.parent))) from None
        self._descriptor = descriptor
        self.died = holder(self.path.parent)
        self.say(url="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)
        self._descriptor = -1

    def _open(self) -> int:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise ClusterError(
                f"TOPUP_HOME cannot be used: {error}. Set it to a directory of yours."
            ) from error

    def say(self, *, url: str) -> None:
        """Write down who we are, for the one who finds the home taken."""
        text = msgspec.json.encode(Holder(pid=os.getpid(), url=url))
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text, 0)


def holder(home: Path) -> Holder:
    """What the lock file says; zero and empty where it says nothing."""
    try:
        return msgspec.json.decode((home / LOCK_NAME).read_bytes(), type=Holder)
    except (OSError, msgspec.DecodeError):
        return Holder()


def is_held(home: Path) -> bool:
    """Whether a living process holds the lock, by trying it."""
    try:
        descriptor = os.open(home / LOCK_NAME, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _in_use(home: Path, found: Holder) -> str:
    who = f" by process {found.pid}" if found.pid else ""
    where = f", which serves {found.url}" if found.url else ""
    return f"{home} is already in use{who}{where}. Stop it first, or set TOPUP_HOME to another directory."
