"""A run as a picture: an SVG of our own making, rates above, response times below. Pure.

Owns how curves are drawn: light, two panels on one time axis, both axes with their units. Colours are
told apart by everybody (Okabe and Ito), and each curve is named beside its colour.
"""

import html
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bench.crowd.timeline import Moment

WIDTH, HEIGHT = 860, 560
LEFT, RIGHT, TOP, PANEL, BETWEEN = 76, 24, 66, 180, 78
TICKS = 5
XMLNS, FONT = "http://www.w3.org/2000/svg", 'font-family="sans-serif" font-size="13"'
BLUE, ORANGE, GREEN, RED = "#0072b2", "#d55e00", "#009e73", "#8c2d04"
INK, FAINT = "#333333", "#e3e3e3"


class Curve(NamedTuple):
    """A named line. None where there is nothing to draw."""

    name: str
    colour: str
    values: list[float | None]


class Mark(NamedTuple):
    """A moment with a name: where something begins."""

    at_s: float
    name: str


class Panel(NamedTuple):
    """Curves over one vertical axis."""

    axis: str
    curves: list[Curve]


def draw(moments: Sequence[Moment], *, marks: Sequence[Mark], title: str) -> str:
    """The picture of at least one moment, with what began when."""
    rates = Panel(
        "per second",
        [
            Curve("requests/s", BLUE, [each.requests_per_second for each in moments]),
            Curve("sales/s", GREEN, [each.sales_per_second for each in moments]),
        ],
    )
    response = Panel(
        "response time, ms",
        [
            Curve("p50 ms", ORANGE, [each.p50_ms for each in moments]),
            Curve("p99 ms", RED, [each.p99_ms for each in moments]),
        ],
    )
    times_s = [each.begins_s for each in moments]
    parts = [
        f'<svg xmlns="{XMLNS}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {FONT} fill="{INK}">',
        f"<title>{html.escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        text(LEFT, 24, title, size=16),
        *_panel(rates, times_s, marks, top=TOP),
        *_panel(response, times_s, marks, top=TOP + PANEL + BETWEEN),
        text(LEFT + _inner() / 2, HEIGHT - 10, "time since the first request, s", anchor="middle"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def scale(highest: float) -> list[float]:
    """Round numbers from 0 to at least `highest`, about TICKS of them."""
    step = _round_up(highest / TICKS) if highest > 0 else 1.0
    return (
        [step * place for place in range(math.ceil(highest / step - 1e-9) + 1)] if highest > 0 else [0.0, 1.0]
    )


def _round_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(digit * power for digit in (1, 2, 2.5, 5, 10) if digit * power >= value * (1 - 1e-9))


def _panel(panel: Panel, times_s: Sequence[float], marks: Sequence[Mark], *, top: float) -> Iterator[str]:
    ticks = scale(max((value or 0.0 for curve in panel.curves for value in curve.values), default=0.0))
    across = scale(times_s[-1])
    yield from _grid(panel, ticks, across, top=top)
    for mark in marks:
        x = _x(mark.at_s, across[-1])
        yield f'<path d="M{x:.1f} {top}v{PANEL}" stroke="{INK}" stroke-dasharray="2 4"/>'
        yield text(x + 5, top + 13, mark.name)
    for place, curve in enumerate(panel.curves):
        yield from _line(curve, times_s, ticks[-1], across[-1], top=top)
        yield from _legend(curve, LEFT + 110 * place, top - 12)


def _grid(panel: Panel, ticks: Sequence[float], across: Sequence[float], *, top: float) -> Iterator[str]:
    middle = top + PANEL / 2
    yield text(18, middle, panel.axis, anchor="middle", turned=True)
    for tick in ticks:
        y = _y(tick, ticks[-1], top)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{FAINT}"/>'
        yield text(LEFT - 8, y + 4, f"{tick:,.10g}", anchor="end")
    for tick in across:
        x = _x(tick, across[-1])
        yield f'<path d="M{x:.1f} {top + PANEL}v5" stroke="{INK}"/>'
        yield text(x, top + PANEL + 19, f"{tick:,.10g}", anchor="middle")
    yield f'<path d="M{LEFT} {top}V{top + PANEL}H{WIDTH - RIGHT}" fill="none" stroke="{INK}"/>'


def _line(
    curve: Curve, times_s: Sequence[float], highest: float, latest: float, *, top: float
) -> Iterator[str]:
    """The curve, broken where it has no values; a value that stands alone is a dot."""
    run: list[str] = []
    for moment, value in [*zip(times_s, curve.values, strict=True), (0.0, None)]:
        if value is not None:
            run.append(f"{_x(moment, latest):.1f},{_y(value, highest, top):.1f}")
        elif len(run) == 1:
            x, y = run.pop().split(",")
            yield f'<circle cx="{x}" cy="{y}" r="2.5" fill="{curve.colour}"/>'
        elif run:
            points = " ".join(run)
            yield f'<polyline points="{points}" fill="none" stroke="{curve.colour}" stroke-width="2"/>'
            run = []


def _legend(curve: Curve, x: float, y: float) -> Iterator[str]:
    yield f'<path d="M{x} {y - 4}h22" stroke="{curve.colour}" stroke-width="3"/>'
    yield text(x + 28, y, curve.name)


def text(
    x: float, y: float, words: str, *, anchor: str = "start", size: int | None = None, turned: bool = False
) -> str:
    """Words at a place."""
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    larger = f' font-size="{size}"' if size else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{larger}{turn}>{html.escape(words)}</text>'


def _inner() -> int:
    return WIDTH - LEFT - RIGHT


def _x(moment_s: float, latest_s: float) -> float:
    return LEFT + _inner() * moment_s / latest_s


def _y(value: float, highest: float, top: float) -> float:
    return top + PANEL * (1 - value / highest)
