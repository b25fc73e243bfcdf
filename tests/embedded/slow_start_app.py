"""The slow application, which takes its time to be loaded and says when that begins."""

import time

from tests.embedded.slow_app import application

LOADED_AFTER_S = 3.0
print("loading", flush=True)  # noqa: T201  # the test reads it
time.sleep(LOADED_AFTER_S)

__all__ = ["application"]
