"""Which of several processes runs which tests, each process with an installation of its own.

A file runs in one of them. What a browser looks at is one file so: its pages show what is newest in the
whole installation.
"""

from xdist.scheduler import LoadFileScheduling

BROWSER = "tests/browser"


class ByFile(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """xdist's scheduler by file, for which the browser's files are one."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return BROWSER if file.startswith(f"{BROWSER}/") else file
