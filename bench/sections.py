"""The parts of a report that are there where they were measured: a heading, a table, a sentence. Pure."""

from collections.abc import Iterator

from bench import hot_path
from bench.growth import disk
from bench.results import Run
from bench.scenarios import FULL
from bench.tables import table

TOLD_BYTES = 0.05
"""A part of a table that takes less a recharge than is shown has no row."""


def all_of(run: Run) -> Iterator[str]:
    """The sections of what was measured, in order."""
    if run.open_loop:
        yield _open_loop(run)
    if run.costs:
        yield _costs(run)
    if run.weight:
        yield _weight(run)
    if run.memory:
        yield _slope(run)
    if run.settled:
        yield _settled(run)
    if run.ages:
        yield _growth(run)
        yield _disk(run)


def _open_loop(run: Run) -> str:
    rows = [
        (
            f"{each.share:.0%} of the peak",
            *(f"{rate:,.0f}" for rate in (each.per_second, each.answered_per_second)),
            *(f"{ms:.1f}" for ms in (each.counts.p50_ms, each.counts.p99_ms, each.counts.p999_ms)),
            f"{each.counts.max_ms:.0f}",
            f"{each.counts.dropped:,}",
            f"{each.counts.lag_p99_ms:.1f}",
            f"{each.cost.cores['load']:.2f}",
        )
        for each in run.open_loop
    ]
    head = ("open loop", "due/s", "answered/s", "p50 ms", "p99 ms", "p99.9 ms", "most ms", "dropped")
    return (
        "## Latency\n\n"
        + table((*head, "sent late, p99 ms", "CPU load"), rows)
        + f"\n\nThe peak is {FULL.name}. Times run from when a request was due, so they hold what it waited "
        "for a connection, and what the generator was late. Dropped: refused, broken, unanswered or never "
        "sent."
    )


def _costs(run: Run) -> str:
    names = list(dict.fromkeys(name for split in run.costs for name in split.microseconds))
    rows = [(name, *(f"{split.microseconds.get(name, 0):.1f}" for split in run.costs)) for name in names]
    rows.append(("together", *(f"{sum(split.microseconds.values()):.1f}" for split in run.costs)))
    rows.append(("the load generator, beside", *(f"{split.load_microseconds:.1f}" for split in run.costs)))
    head = ("CPU, microseconds a recharge", *(split.figure.name for split in run.costs))
    return (
        "## Cost\n\n"
        + table(head, rows)
        + "\n\nProcesses and threads are the kernel's count; the Python thread is shared out by samples of "
        "py-spy in a second run of the same load."
    )


def _weight(run: Run) -> str:
    assert run.weight is not None
    found = run.weight
    return (
        f"A sale calls {found.calls:.0f} functions from its headers and body to its answer, in a batch of "
        f"{hot_path.SALES}; a batch takes {found.peak_bytes:,.0f} bytes a sale at its highest point, and "
        f"leaves {max(found.kept_blocks, 0):.2f} blocks of memory behind."
    )


def _slope(run: Run) -> str:
    assert run.memory is not None
    found = run.memory
    first, last = found.looks[0].mb, found.looks[-1].mb
    return (
        f"## Memory of a worker\n\nOver {found.recharges:,} recharges its resident memory went from "
        f"{first:.1f} to {last:.1f} MB: {found.mb_per_million:+.2f} MB a million, standard error "
        f"{found.error:.2f}, the first fifth left out. That is {'flat' if found.flat else 'NOT flat'}."
    )


def _settled(run: Run) -> str:
    assert run.settled is not None
    found = run.settled
    return (
        f"## Through an operator\n\n{found.succeeded:,} recharges that were held were settled through the "
        f"simulator over HTTP by one worker: {found.per_second:,.0f} a second, {found.twice} submitted twice."
    )


def _growth(run: Run) -> str:
    names = list(dict.fromkeys(_plain(figure.name) for age in run.ages for figure in age.figures))
    rows = [
        (
            f"{age.recharges:,}",
            f"{age.sellers:,}",
            *(f"{figure.per_second:,.0f}" for figure in age.figures),
            f"{age.none_per_second:,.0f}" if age.none_per_second else "",
            f"{age.proved} {'VERIFIED' if age.verified else 'NOT ALL VERIFIED'}",
        )
        for age in run.ages
    ]
    return "## Growth\n\n" + table(
        ("recharges there at the end", "sellers", *names, "single, none there, in turns", "books proved"),
        rows,
    )


def _plain(name: str) -> str:
    return name.split(",", maxsplit=1)[0]


def _disk(run: Run) -> str:
    written = [age for age in run.ages if age.disk]
    if not written:
        return ""
    columns = [(f"{age.sellers:,} sellers, {age.recharges:,} there", age.disk) for age in written]
    columns += [
        (f"all after `topup pack`, which took {age.packed_in_s:.0f} s", age.packed)
        for age in written
        if age.packed
    ]
    told = (share for _, shares in columns for share in shares if share.bytes_per_recharge >= TOLD_BYTES)
    parts = list(dict.fromkeys((share.table, share.part) for share in told))
    found = [
        {(share.table, share.part): share.bytes_per_recharge for share in shares} for _, shares in columns
    ]
    rows = [
        (f"{name}: {part}", *(f"{each.get((name, part), 0.0):.1f}" for each in found)) for name, part in parts
    ]
    rows.append(("together", *(f"{disk.total(shares):.1f}" for _, shares in columns)))
    return table(("disk, bytes a recharge", *(head for head, _ in columns)), rows)
