"""As whom the embedded server runs. PostgreSQL refuses root, and root is who runs most containers.

An ordinary user runs it as itself. Root runs it as `nobody` where `nobody` can reach the programs
and the data; where it cannot, as below a directory of mode 0700, root runs it in a user namespace,
in which root has another number. Nothing outside `TOPUP_HOME` changes its owner or mode.
"""

import os
import pwd
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from topup.embedded import launch
from topup.embedded.binaries import Binaries
from topup.embedded.errors import ClusterError

# Trying an identity executes `postgres --version`; this only bounds a broken disk.
TRIAL_TIMEOUT_S = 30
# Whom root is called inside the namespace. Not `nobody`: the kernel shows every user who is not
# mapped under that number, and peer authentication must be able to tell them apart.
NAMESPACE_NAMES = ("daemon", "bin", "nobody")


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """A way to start programs of the server, and the owner that their files then need."""

    kind: Literal["plain", "user", "namespace"]
    uid: int
    gid: int
    file_uid: int
    file_gid: int
    # Names under which the server may see us connect.
    peer_names: tuple[str, ...]

    def command(self, argv: Sequence[str], *, directory: Path) -> list[str]:
        """The command line that runs `argv` under this identity, in `directory`, until we die."""
        launcher = [sys.executable, "-I", "-S", launch.__file__]
        return [*launcher, str(os.getpid()), self.kind, str(self.uid), str(self.gid), str(directory), *argv]

    def give(self, path: Path) -> None:
        """Make the server the owner of a file or of a whole directory."""
        if path.lstat().st_uid == self.file_uid:
            return
        if os.geteuid() != 0:
            raise ClusterError(
                f"{path} belongs to another user. Give it to the one who runs TopUpEngine: "
                f"chown -R {_name(self.file_uid)} '{path}', or set TOPUP_HOME to another directory."
            )
        for directory, _, files in os.walk(path, topdown=False):
            for name in (*files, "."):
                os.lchown(Path(directory) / name, self.file_uid, self.file_gid)


def choose(*, binaries: Binaries, home: Path) -> Identity:
    """The identity that works here, tried rather than guessed. Raises ClusterError if none does."""
    if os.geteuid() != 0:
        return _plain()
    reasons = []
    for candidate in (_as_nobody(), _in_namespace()):
        reason = _why_not(candidate, binaries=binaries, home=home)
        if reason is None:
            return candidate
        reasons.append(reason)
    raise ClusterError(
        "PostgreSQL does not run as root. As the user nobody it cannot reach its files "
        f"({reasons[0]}), and a user namespace is not available ({reasons[1]}). Run TopUpEngine as "
        "an ordinary user, or put it and TOPUP_HOME where every user may enter, such as /srv or /opt."
    )


def _why_not(identity: Identity, *, binaries: Binaries, home: Path) -> str | None:
    command = identity.command([binaries.program("postgres"), "--version"], directory=home)
    trial = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TRIAL_TIMEOUT_S)
    if trial.returncode == 0:
        return None
    return trial.stderr.strip() or f"exit status {trial.returncode}"


def _plain() -> Identity:
    uid, gid = os.geteuid(), os.getegid()
    return Identity(kind="plain", uid=uid, gid=gid, file_uid=uid, file_gid=gid, peer_names=(_name(uid),))


def _as_nobody() -> Identity:
    nobody = pwd.getpwnam("nobody")
    uid, gid = nobody.pw_uid, nobody.pw_gid
    return Identity(
        kind="user", uid=uid, gid=gid, file_uid=uid, file_gid=gid, peer_names=(_name(os.geteuid()), "nobody")
    )


def _in_namespace() -> Identity:
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next(known[name] for name in NAMESPACE_NAMES if name in known)
    return Identity(
        kind="namespace",
        uid=entry.pw_uid,
        gid=entry.pw_gid,
        file_uid=os.geteuid(),
        file_gid=os.getegid(),
        peer_names=(_name(os.geteuid()), entry.pw_name),
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise ClusterError(
            f"The user number {uid} has no name on this machine, and PostgreSQL needs one. Add it to "
            "/etc/passwd, or run as a user that is there."
        ) from None
