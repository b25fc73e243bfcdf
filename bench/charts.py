"""Charts as SVG of our own making: bars beside each other, and curves over one axis. Pure.

Owns how they are drawn: light, axes from zero with round numbers, colours that everybody tells apart, and
each curve named beside its colour.
"""

import html
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bench.crowd.plot import BLUE, FAINT, FONT, GREEN, INK, ORANGE, RED, XMLNS, scale, text

COLOURS = (BLUE, ORANGE, GREEN, RED)
WIDTH, MARGIN, HEAD = 860, 24, 46
NAMES = 330
"""How far the names of bars reach."""
BAR, GAP = 16, 8
LEFT, PLOT, FOOT = 76, 240, 74


class Bar(NamedTuple):
    """A value with its name; `theirs` is drawn in another colour."""

    name: str
    value: float
    theirs: bool = False


class Curve(NamedTuple):
    """A named line through points, in order of x."""

    name: str
    points: Sequence[tuple[float, float]]


def bars(title: str, rows: Sequence[Bar], *, unit: str) -> str:
    """One bar below the other."""
    ticks = scale(max(row.value for row in rows))
    bottom = HEAD + len(rows) * (BAR + GAP)
    parts = [*_open(title, height=bottom + 48)]
    for tick in ticks:
        x = _along(tick, ticks[-1])
        parts.append(f'<path d="M{x:.1f} {HEAD - 4}V{bottom}" stroke="{FAINT}"/>')
        parts.append(text(x, bottom + 16, f"{tick:,.10g}", anchor="middle"))
    for place, row in enumerate(rows):
        parts += _bar(row, HEAD + place * (BAR + GAP), ticks[-1])
    parts += [text((NAMES + WIDTH) / 2, bottom + 38, unit, anchor="middle"), "</svg>"]
    return "\n".join(parts) + "\n"


def curves(title: str, drawn: Sequence[Curve], *, across: str, upwards: str) -> str:
    """Curves over one pair of axes."""
    most_x = scale(max(x for curve in drawn for x, _ in curve.points))
    most_y = scale(max(y for curve in drawn for _, y in curve.points))
    top = HEAD + 24
    parts = [*_open(title, height=top + PLOT + FOOT), *_axes(most_x, most_y, top=top)]
    for place, curve in enumerate(drawn):
        colour = COLOURS[place % len(COLOURS)]
        spots = [
            (LEFT + _inner() * x / most_x[-1], top + PLOT * (1 - y / most_y[-1])) for x, y in curve.points
        ]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in spots]
        parts.append(f'<path d="M{LEFT + 190 * place} {HEAD - 4}h22" stroke="{colour}" stroke-width="3"/>')
        parts.append(text(LEFT + 190 * place + 28, HEAD, curve.name))
    parts.append(text(18, top + PLOT / 2, upwards, anchor="middle", turned=True))
    parts += [text(LEFT + _inner() / 2, top + PLOT + 50, across, anchor="middle"), "</svg>"]
    return "\n".join(parts) + "\n"


def _open(title: str, *, height: float) -> Iterator[str]:
    yield f'<svg xmlns="{XMLNS}" viewBox="0 0 {WIDTH} {height:.0f}" role="img" {FONT} fill="{INK}">'
    yield f"<title>{html.escape(title)}</title>"
    yield f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>'
    yield text(MARGIN, 24, title, size=16)


def _bar(row: Bar, top: float, highest: float) -> Iterator[str]:
    width, colour = _along(row.value, highest) - NAMES, ORANGE if row.theirs else BLUE
    yield text(NAMES - 8, top + BAR - 3, row.name, anchor="end")
    yield f'<rect x="{NAMES}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>'
    yield text(NAMES + width + 5, top + BAR - 3, f"{row.value:,.0f}")


def _axes(across: Sequence[float], upwards: Sequence[float], *, top: float) -> Iterator[str]:
    for tick in upwards:
        y = top + PLOT * (1 - tick / upwards[-1])
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - MARGIN}" stroke="{FAINT}"/>'
        yield text(LEFT - 8, y + 4, f"{tick:,.10g}", anchor="end")
    for tick in across:
        x = LEFT + _inner() * tick / across[-1]
        yield f'<path d="M{x:.1f} {top + PLOT}v5" stroke="{INK}"/>'
        yield text(x, top + PLOT + 20, f"{tick:,.10g}", anchor="middle")
    yield f'<path d="M{LEFT} {top}V{top + PLOT}H{WIDTH - MARGIN}" fill="none" stroke="{INK}"/>'


def _along(value: float, highest: float) -> float:
    return NAMES + (WIDTH - MARGIN - 60 - NAMES) * value / highest


def _inner() -> int:
    return WIDTH - LEFT - MARGIN
