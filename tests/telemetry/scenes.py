"""What the tests of the logs and the metrics share: reading both while they are still being written."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

PATIENCE_S = 20
"""The lines of a sale are written some hundredths of a second after its answer."""

Line = dict[str, Any]  # a JSON object
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def lines(path: Path) -> list[Line]:
    """Every whole line of a log, of the files that were turned over too."""
    found = []
    for file in sorted(path.parent.glob(f"{path.name}*"), reverse=True):
        text = file.read_text("utf-8")
        found += [json.loads(line) for line in text.split("\n")[:-1]]
    return found


def awaited(path: Path, wanted: Callable[[Line], bool], *, count: int = 1) -> list[Line]:
    """The lines that a test is after, once there are so many."""
    until = time.monotonic() + PATIENCE_S
    found: list[Line] = []
    while time.monotonic() < until:
        found = [line for line in lines(path) if wanted(line)] if path.exists() else []
        if len(found) >= count:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{len(found)} of {count} lines in {path.name}: {found}")


def samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scraped(client: httpx.Client) -> Samples:
    answer = client.get("/api/metrics/")
    assert answer.status_code == 200, answer.text
    return samples(answer.text)


def metric(found: Samples, name: str, **labels: str) -> float:
    return found.get((name, tuple(sorted(labels.items()))), 0)


def rises_to(client: httpx.Client, value: float, name: str, **labels: str) -> bool:
    """Whether a metric comes to be this value: the other workers' numbers are a second old."""
    until = time.monotonic() + PATIENCE_S
    while metric(scraped(client), name, **labels) != value:
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True
