"""The application's clock is set while it sells: by hours, back and forth, over midnight and the year's end.

Owns the setting of it, in processes of the test's own alone.
"""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.faults import crowd as crowds
from tests.faults.crowd import Shop
from tests.faults.trial import Trial
from tests.support.installation import ROOT

CLOCK_OFF = Path(__file__).with_name("clock_off")
ZONE = ZoneInfo("Asia/Tehran")
HOUR_S = 3600
HOUR = timedelta(seconds=HOUR_S)
CLIENTS = 8
BACK_S = 60.0


class Clock:
    """The clock of the servers that have these `settings`."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / "clock-is-off-by"
        self.settings = {"PYTHONPATH": f"{CLOCK_OFF}:{ROOT}", "CLOCK_OFF_FILE": str(self._file)}
        self.be_off_by(0)

    def be_off_by(self, seconds: int) -> None:
        unfinished = self._file.with_suffix(".new")
        unfinished.write_text(str(seconds), encoding="ascii")
        unfinished.replace(self._file)

    def show(self, moment: datetime) -> None:
        """Say that it is this moment now."""
        self.be_off_by(round(moment.timestamp() - time.time()))


def midnight() -> datetime:
    """The next one, where a seller's day begins."""
    tomorrow = datetime.now(ZONE) + timedelta(days=1)
    return tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)


def new_year() -> datetime:
    """The next one of the calendar that identifiers and databases use."""
    return datetime(datetime.now(ZONE).year + 1, 1, 1, tzinfo=ZoneInfo("UTC"))


async def be_set(
    clock: Clock,
    port: int,
    shops: list[Shop],
    offsets: Iterable[int | datetime],
    *,
    log: Path,
    staff_key: str,
) -> Trial:
    """Under load, the clock shows each of these in turn."""
    trial = Trial("the application's clock")
    load = crowds.crowded(port, shops, log, staff_key=staff_key, clients=CLIENTS, held=0)
    async with load as crowd:
        for each in offsets:
            if isinstance(each, datetime):
                clock.show(each)
            else:
                clock.be_off_by(each)
            trial.recovered_s.append(await crowd.all_served(since_s=time.monotonic(), patience_s=BACK_S))
        trial.acknowledged = crowd.acknowledged
    clock.be_off_by(0)
    return trial
