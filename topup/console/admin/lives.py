"""What happened to one recharge, as tables on its page: events, and words with the operator.

Owns how they look. It reads for one page at a time: a list must not show them.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from topup import clock, trips
from topup.console import moving
from topup.console.admin.columns import EMPTY, local
from topup.recharges import reverse, timeline
from topup.recharges.rules import Recharge
from topup.recharges.timeline import Life


@admin.display(description="Events")
def events(row: Any) -> str:  # any row whose id is a recharge's
    life = _life(row)
    if life is None:
        return EMPTY
    lines = [
        (_at(each.at_us), each.from_state or "", each.to_state, each.cause, _who(each), each.evidence)
        for each in life.events
    ]
    return _table(("At", "From", "To", "Cause", "By", "Evidence"), lines)


@admin.display(description="Words with the operator")
def attempts(row: Any) -> str:  # any row whose id is a recharge's
    life = _life(row)
    if life is None or not life.attempts:
        return EMPTY
    lines = [
        (
            str(each.nr),
            each.verb,
            each.gateway,
            each.reference,
            " ".join(filter(None, (each.result or "not known yet", each.code, each.operator_reference))),
            _at(each.begun_at_us),
            EMPTY if each.answered_at_us is None else _at(each.answered_at_us),
            each.evidence,
        )
        for each in life.attempts
    ]
    titles = ("Nr", "Verb", "Gateway", "Reference", "Result", "Begun", "Answered", "Evidence")
    return _table(titles, lines)


def _life(row: Any) -> Life | None:
    names = {"seller_id": row.seller_id, "recharge_id": str(row.pk)}
    reads = timeline.reads(seller_id=names["seller_id"], recharge_id=names["recharge_id"])
    found, *rows = trips.run(
        moving.own_connection(), [reverse.read(names["seller_id"], names["recharge_id"]), *reads]
    )
    return timeline.life(Recharge(*found[0]), rows) if found else None


def _table(titles: Sequence[str], lines: Sequence[Sequence[str]]) -> SafeString:
    head = format_html_join("", "<th>{}</th>", ((title,) for title in titles))
    body = format_html_join(
        "",
        "<tr>{}</tr>",
        ((format_html_join("", "<td>{}</td>", ((cell,) for cell in line)),) for line in lines),
    )
    return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", head, body)


def _who(event: timeline.Event) -> str:
    return event.actor_type if event.actor_type != "user" else f"user {event.actor_id}"


def _at(moment_us: int) -> str:
    return local(clock.from_us(moment_us))
