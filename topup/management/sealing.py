"""The daily seal, made by the worker: a process of its own, so that hashing keeps no recharge waiting.

Owns when it is made. It must never end the worker: a seal that can't be made is tried again, and told.
"""

import asyncio
import contextlib
import logging
import random

from topup.config import Config
from topup.management import children

PERIOD_S = 600.0
"""How often it is asked whether today's seal is there; a seal is at most so late, or so soon tried again."""
FIRST_S = 5.0
"""A worker that has just begun has more urgent things to do."""
TIMEOUT_S = 3_600
"""Some ten million movements; a longer one is stuck."""

log = logging.getLogger(__name__)


class Sealing:
    """Start it in the loop that uses it."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        # Several workers of one home look at different moments, so that hardly ever two make one.
        await asyncio.sleep(FIRST_S * (1 + random.random()))  # noqa: S311  # no secret
        while True:
            try:
                await self._seal()
            except (OSError, TimeoutError) as error:
                log.warning("today's seal can't be made: %s", error)
            await asyncio.sleep(PERIOD_S)

    async def _seal(self) -> None:
        process = await asyncio.create_subprocess_exec(
            *children.command("seal", "--daily"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=children.environment({"TOPUP_HOME": str(self._config.home)}),
        )
        try:
            async with asyncio.timeout(TIMEOUT_S):
                made, errors = await process.communicate()
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
        if process.returncode:
            log.warning("today's seal can't be made: %s", errors.decode(errors="replace").strip())
        elif made:
            log.info("the books were sealed: %s", made.decode(errors="replace").strip())
