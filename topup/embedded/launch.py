"""A small program that becomes another one: it takes on an identity, then executes the command.

Usage: launch.py PARENT IDENTITY UID GID DIRECTORY COMMAND...

PARENT is the process whose death ends the command. IDENTITY is `plain` (as we are), `user` (become
UID and GID) or `namespace` (stay who we are, but be called UID and GID inside a user namespace).
It imports nothing of ours, so that it starts in milliseconds and can be read by itself. A separate
program is safer than code run between fork and exec in a process that may have threads.
"""

import ctypes
import os
import signal
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
EXIT_CANNOT_LAUNCH = 126


def become_user(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def enter_namespace(uid: int, gid: int) -> None:
    own_uid, own_gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"user namespace: {os.strerror(number)}")
    # The kernel lets a process map its own group only after it gave up setgroups().
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {own_uid} 1")
    _write("/proc/self/gid_map", f"{gid} {own_gid} 1")


def die_with(parent: int) -> None:
    """Ask for SIGINT, PostgreSQL's fast shutdown, when the parent dies. Linux only.

    Must follow the change of identity, which forgets it.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        raise OSError("the supervisor is gone")


def main() -> None:
    parent, identity, uid, gid, directory, *command = sys.argv[1:]
    try:
        if identity == "user":
            become_user(int(uid), int(gid))
        elif identity == "namespace":
            enter_namespace(int(uid), int(gid))
        die_with(int(parent))
        os.chdir(directory)
        os.umask(0o077)
        os.execv(command[0], command)  # noqa: S606  # replacing this process is its purpose
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(EXIT_CANNOT_LAUNCH)


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:  # noqa: PTH123  # pathlib would double the start-up time
        file.write(text)


if __name__ == "__main__":
    main()
