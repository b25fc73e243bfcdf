"""Charts drawn by the server as SVG: bars over the hours of a day, and bars by operator. Pure.

Owns their geometry. Time runs from left to right in every language; words come translated. No style is
written inline: the stylesheet's classes do that.
"""

from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HOURS = 24
WIDTH, HEIGHT = 720, 200
BASE, TOP = 176, 16
"""Where the axis lies and where the tallest bar ends, in the chart's own units."""
GAP = 4
ISOLATE_BEGIN, ISOLATE_END = "\u2068", "\u2069"
"""A text between these reads in the direction of its own first letter, though the chart runs to the right."""
ROW = 32


class Bar(NamedTuple):
    """One bar: its label, its value, how much of it failed, and what is said of it."""

    label: str
    value: int
    failed: int
    said: str


def columns(bars: list[Bar], *, title: str) -> SafeString:
    """Upright bars, one beside the other; what failed stands on top in another colour."""
    most = max((bar.value for bar in bars), default=0) or 1
    step = WIDTH // max(len(bars), 1)
    drawn = format_html_join(
        "", "{}", ((_column(bar, place * step, step, most),) for place, bar in enumerate(bars))
    )
    return format_html(
        '<svg class="drawing" viewBox="0 0 {} {}" role="img" aria-label="{}" direction="ltr">'
        '<line class="axis" x1="0" y1="{}" x2="{}" y2="{}"/>{}</svg>',
        WIDTH, HEIGHT, title, BASE, WIDTH, BASE, drawn,
    )  # fmt: skip


def _column(bar: Bar, left: int, step: int, most: int) -> SafeString:
    height = (BASE - TOP) * bar.value // most
    failed = (BASE - TOP) * bar.failed // most
    return format_html(
        '<g><title>{}</title><rect class="bar" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
        '<rect class="bar-failed" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text></g>',
        bar.said,
        left + GAP // 2, BASE - height, step - GAP, height - failed,
        left + GAP // 2, BASE - failed, step - GAP, failed,
        left + step // 2, HEIGHT - 6, bar.label,
    )  # fmt: skip


def lines(bars: list[Bar], *, title: str) -> SafeString:
    """Bars that lie, one under the other, each with its words above it."""
    most = max((bar.value for bar in bars), default=0) or 1
    height = ROW * 2 * max(len(bars), 1)
    drawn = format_html_join(
        "", "{}", ((_line(bar, place * ROW * 2, most),) for place, bar in enumerate(bars))
    )
    return format_html(
        '<svg class="drawing" viewBox="0 0 {} {}" role="img" aria-label="{}" direction="ltr">{}</svg>',
        WIDTH // 2, height, title, drawn,
    )  # fmt: skip


def _line(bar: Bar, top: int, most: int) -> SafeString:
    width = (WIDTH // 2) * bar.value // most
    return format_html(
        '<g><title>{}</title><text x="0" y="{}" class="chart-word">{}</text>'
        '<rect class="bar" x="0" y="{}" width="{}" height="12" rx="2"/></g>',
        bar.said, top + 16, f"{ISOLATE_BEGIN}{bar.said}{ISOLATE_END}", top + 24, width,
    )  # fmt: skip
