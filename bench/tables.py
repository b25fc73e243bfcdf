"""Tables in Markdown that are aligned as plain text too: words left, figures right. Pure."""

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [
        _line(head, widths),
        "|" + "|".join(_rule(place, width) for place, width in enumerate(widths)) + "|",
    ]
    return "\n".join(lines + [_line(row, widths) for row in rows])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return (
        "| " + " | ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]) + " |"
    )


def _rule(place: int, width: int) -> str:
    return "-" * (width + 2) if place == 0 else "-" * (width + 1) + ":"
