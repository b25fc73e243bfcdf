"""Answers as figures: by kind of request, and over the time of a run. Pure.

Times are response times of a closed loop as the load generator saw them: a user waits for its answer
before it asks again, and the generator may be late in noticing an answer. They are not latencies.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from bench.crowd.tally import CREATED, SALE, Answer

MOMENTS = 60
"""Points of a curve, at most: more than a plot of this width shows."""
WIDTHS_S = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """Response times of some requests, in milliseconds."""

    mean_ms: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    longest_ms: float


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """All requests of one name: how many, by status, and how long."""

    name: str
    count: int
    statuses: dict[int, int]
    times: Times


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A slice of the run. Times are None where nothing was answered."""

    begins_s: float
    requests_per_second: float
    sales_per_second: float
    p50_ms: float | None
    p99_ms: float | None


def percentile(times: Sequence[float], part: float) -> float:
    """The time that this part of all did not exceed, of at least one time, in order."""
    return times[max(math.ceil(len(times) * part) - 1, 0)]


def times(answers: Iterable[Answer]) -> Times:
    """Of at least one answer."""
    took = sorted(answer.took_ms for answer in answers)
    return Times(
        mean_ms=sum(took) / len(took),
        p50_ms=percentile(took, 0.50),
        p95_ms=percentile(took, 0.95),
        p99_ms=percentile(took, 0.99),
        longest_ms=took[-1],
    )


def kinds(answers: Sequence[Answer]) -> list[Kind]:
    """By name, the most frequent first."""
    names = Counter(answer.name for answer in answers)
    return [_kind(name, [each for each in answers if each.name == name]) for name, _ in names.most_common()]


def _kind(name: str, answers: Sequence[Answer]) -> Kind:
    statuses = Counter(answer.status for answer in answers)
    return Kind(name=name, count=len(answers), statuses=dict(statuses), times=times(answers))


def begin_s(answers: Sequence[Answer]) -> float:
    """When the first request was sent, in seconds since 1970."""
    return min(answer.sent_s for answer in answers)


def span_s(answers: Sequence[Answer]) -> float:
    """From the first request to the last answer."""
    return max(map(_answered_s, answers)) - begin_s(answers)


def moments(answers: Sequence[Answer]) -> list[Moment]:
    """The run in slices of equal width, by when each answer came."""
    first_s, width_s = begin_s(answers), _width_s(span_s(answers))
    slices: dict[int, list[Answer]] = {}
    for answer in answers:
        slices.setdefault(int((_answered_s(answer) - first_s) / width_s), []).append(answer)
    return [_moment(slices.get(place, []), place, width_s) for place in range(max(slices) + 1)]


def _moment(answers: Sequence[Answer], place: int, width_s: float) -> Moment:
    sales = sum(answer.name == SALE and answer.status == CREATED for answer in answers)
    took = times(answers) if answers else None
    return Moment(
        begins_s=place * width_s,
        requests_per_second=len(answers) / width_s,
        sales_per_second=sales / width_s,
        p50_ms=took.p50_ms if took else None,
        p99_ms=took.p99_ms if took else None,
    )


def _width_s(span: float) -> float:
    return next((width for width in WIDTHS_S if span / width <= MOMENTS), span / MOMENTS)


def _answered_s(answer: Answer) -> float:
    return answer.sent_s + answer.took_ms / 1_000
