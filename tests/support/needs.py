"""Programs that a test runs but that pip does not bring: nginx, redis-server, curl.

On a developer's machine a missing one skips the test and says which package brings it. On CI, which
installs them by name, nothing may be skipped: there a missing one is a failure.
"""

import os
import shutil
from typing import Final

import pytest

PACKAGES: Final = {
    "nginx": "nginx-light",
    "redis-server": "redis-server",
    "curl": "curl",
    "openssl": "openssl",
    "chromium": "chromium",
    "xgettext": "gettext",
    "msgfmt": "gettext",
}
"""The Debian package of each program."""
ELSEWHERE: Final = "/usr/local/sbin:/usr/sbin:/sbin"
"""Where Debian puts servers, which an ordinary user's PATH leaves out."""


def needs(program: str) -> str:
    """The path of `program`; without it the calling test is skipped, or fails where CI is true."""
    path = os.environ.get("PATH", os.defpath)
    found = shutil.which(program, path=f"{path}{os.pathsep}{ELSEWHERE}")
    if found is not None:
        return found
    missing = f"{program} is not installed here: apt-get install {PACKAGES[program]}"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)
