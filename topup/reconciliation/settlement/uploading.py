"""A file that came over the network: kept on the disk while it is imported, and gone then.

Owns the way from an upload to an import, for the API and the console. Large files are for the command:
an upload is imported by the process that also sells.
"""

import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from topup.config import Config
from topup.reconciliation.settlement import importing, keeping
from topup.reconciliation.settlement.importing import Asked, Done

MAX_UPLOAD_BYTES = 8 * 2**20
"""Some 100,000 lines as CSV: two seconds of one process that sells meanwhile. Gzipped it may be ten times
as many; beyond that, `topup settle import` has a process of its own."""


def import_upload(
    config: Config,
    pieces: Iterable[bytes],
    *,
    name: str,
    operator: str,
    mapping: str | None,
    day: date | None,
    by: int,
    username: str,
) -> Done:
    """Import what was uploaded. `mapping` is the name of one that is kept; `by` the staff user.

    Raises UnknownOperator, MappingError, FileError and Busy.
    """
    code = keeping.known_operator(operator)
    columns = keeping.kept(mapping or code)
    with tempfile.TemporaryDirectory(prefix="topup-settlement-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as file:
            file.writelines(pieces)
        asked = Asked(path, name or "upload", code, columns, day, by, username)
        return importing.import_file(config, asked, lambda *_: None)
