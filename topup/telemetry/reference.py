"""The reference pages of the logs and the metrics, made from the code: `python -m topup.telemetry.reference`.

A test holds the pages to it.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from topup.telemetry import files, security, transactions, writer
from topup.telemetry.metrics import METRICS

ROOT = Path(__file__).parents[2]
MIB = 2**20

LOGS = """\
# Logs

Four files in `LOG_DIR` (default: `logs` under `TOPUP_HOME`), one JSON object a line, times in UTC. All
processes of an installation write the same four files. A file of {mib} MB is renamed to `.1`, that one
to `.2`, and so on; {kept} are kept, so that a log takes {whole} MB at the most. Nothing else may rotate
them. This page is made from `topup/telemetry/` by `python -m topup.telemetry.reference`.

| file | what is in it |
|---|---|
| `transactions.log` | every movement, refusal and replay, told after the commit |
| `security.log` | log-ins, keys, decisions, requests answered 401 or 403, and Django's `django.security` |
| `error.log` | every line of level ERROR, with its traceback |
| `application.log` | everything else, from `LOG_LEVEL` up; what errors say is here too |

The journal is the truth, the log a convenience: where more than {waiting} lines wait in a process, or
the disk takes none, lines are dropped, counted in `topup_log_lines_dropped_total`, and `application.log`
says how many. A process that is killed loses the last {gather_ms} ms of its lines.

Every line has `time`, `event`, and where they are known `request_id`, `seller_id`, `user_id`. Phone
numbers are masked (`+98912*****89`), in whatever digits they were written; keys, passwords, session ids,
cookies and the passwords of URLs are not there at all. Control and bidirectional characters are escaped.

## transactions.log

`event` is one of {events}; `outcome` is one of the ledger's.

Fields: {fields}. What is empty is left out.

## security.log

`event` is one of {security}.
"""

METRICS_PAGE = """\
# Metrics

`GET /api/metrics/`, in Prometheus' text format: all API workers together. It wants the key of staff or
`Authorization: Bearer <METRICS_TOKEN>`; in development (`DEBUG`) it is open to this machine. A worker's
numbers are at most a second old. No label holds an id. This page is made from
`topup/telemetry/metrics.py` by `python -m topup.telemetry.reference`.

| metric | kind | labels | meaning |
|---|---|---|---|
"""


def logs_page() -> str:
    return LOGS.format(
        mib=files.MAX_BYTES // MIB,
        kept=files.KEPT,
        whole=(files.KEPT + 1) * files.MAX_BYTES // MIB,
        waiting=f"{writer.MAX_WAITING_LINES:,}",
        gather_ms=round(writer.GATHER_S * 1000),
        events=_listed(transactions.Event),
        fields=_listed(field.name for field in msgspec.structs.fields(transactions.Line)),
        security=_listed(security.Event),
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def metrics_page() -> str:
    rows = (
        f"| `{name}` | {metric.kind} | {_listed(metric.labels)} | {metric.help} |\n"
        for name, metric in METRICS.items()
    )
    return METRICS_PAGE + "".join(rows)


PAGES = {
    Path("docs/reference/logs.md"): logs_page,
    Path("docs/reference/metrics.md"): metrics_page,
}


if __name__ == "__main__":
    for page, made in PAGES.items():
        (ROOT / page).write_text(made(), encoding="utf-8")
