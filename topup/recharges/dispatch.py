"""The worker's way with errands: find what is due, claim it, ask the operator, write down what it said.

Owns how many words are under way with each operator, and when none is sent because it is in trouble. It
must never hold a transaction while an operator is asked, nor submit without its attempt committed as
`sending`. What it does next is `pursuit.py`'s to say; money is the door's to move.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import psycopg

from topup import clock, trips
from topup.circuit import Circuit
from topup.clock import US_PER_SECOND
from topup.gateways import contract
from topup.gateways.contract import Answer, Gateway, Order, Result, Terms
from topup.kept_connection import KeptConnection
from topup.ledger.families import Posting
from topup.ledger.outcomes import DONE, Outcome
from topup.ledger.poster import TRIP_TIMEOUT_S, Poster
from topup.recharges import cases, errands, pursuit, settle
from topup.recharges.errands import Candidate, Errand, Record
from topup.recharges.pursuit import Continue, Done, Settle, Step, Verb
from topup.recharges.recorder import Recorder
from topup.recharges.settle import Settlement
from topup.telemetry.counts import COUNTS
from topup.trips import Connect, Rows, Statement

POLL_S = 0.05
"""Between two looks while there is work: what a delivery waits at most before it begins."""
IDLE_POLL_S = 0.25
"""The same where the last looks found nothing."""
PAUSE_S = 1.0
"""Before the database is asked again that was away."""
MAX_CLAIM = 256
"""Errands in one claim, which is one transaction."""
FAILURES_MAX = 10
"""Words in a row that an operator leaves unanswered before it is left alone for a while."""
NO_WAY_S = 2.0
"""Before an order is looked at again whose gateway can't be used: staff may be setting it up just now."""
SETTLE_PAUSE_S = 0.5
"""Before a settlement is tried again that the database could not take."""
OF_STEP = {Step.SENDING: Verb.SUBMIT, Step.QUERY: Verb.QUERY, Step.REVERSE: Verb.REVERSE}

log = logging.getLogger(__name__)


class Ways(Protocol):
    """The gateways at hand, as staff have set them up."""

    async def refresh(self) -> None:
        """Look whether staff changed anything."""

    def terms(self) -> Mapping[str, Terms]:
        """Of each operator that any gateway leads to."""

    def gateway(self, operator: str, name: str) -> Gateway | None: ...


class _Operator:
    """What goes on with one operator."""

    def __init__(self, code: str) -> None:
        self.under_way: set[asyncio.Task[None]] = set()
        self.circuit = Circuit(f"the operator {code}", failures_max=FAILURES_MAX)
        self.hungry = False
        """Whether more was due than there was room for."""


class Dispatcher:
    """Start it in the loop that uses it; several may work on one database, in processes of their own."""

    def __init__(
        self,
        *,
        connect: Connect,
        ways: Ways,
        recorder: Recorder,
        settling: "Poster[Settlement, Settlement]",
    ) -> None:
        self._kept = KeptConnection(connect)
        self._ways = ways
        self._recorder = recorder
        self._settling = settling
        self._operators: dict[str, _Operator] = {}
        self._one_at_a_time = asyncio.Lock()
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        COUNTS.gauge("topup_operator_requests_in_flight", lambda: self.under_way)
        COUNTS.gauge("topup_operator_circuits_open", lambda: self.circuits_open)

    @property
    def under_way(self) -> int:
        return sum(len(operator.under_way) for operator in self._operators.values())

    @property
    def circuits_open(self) -> int:
        return sum(operator.circuit.open for operator in self._operators.values())

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Claim nothing more, and hear and write down what was asked."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
        words = [word for operator in self._operators.values() for word in operator.under_way]
        await asyncio.gather(*words, return_exceptions=True)
        await self._kept.close()

    async def _run(self) -> None:
        while not self._stopping:
            try:
                await self._ways.refresh()
                wait_s = POLL_S if await self._round() else IDLE_POLL_S
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("the worker can't look for what is due: %s", error)
                await self._kept.close()
                wait_s = PAUSE_S
            await self._wait(wait_s)

    async def _wait(self, wait_s: float) -> None:
        try:
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        except TimeoutError:
            return
        self._wake.clear()

    async def _round(self) -> bool:
        """Take what is due and there is room for; whether there was anything."""
        terms = self._ways.terms()
        rooms = {code: room for code, of in terms.items() if (room := self._room(code, of))}
        if not rooms:
            return False
        now_us = clock.now_us()
        looks = [errands.candidates(code, now_us=now_us, limit=room) for code, room in rooms.items()]
        took = False
        for (code, room), rows in zip(rooms.items(), await self._ask_database(looks), strict=True):
            self._operators[code].hungry = len(rows) == room
            due = await self._with_a_way(code, [errands.candidate(row) for row in rows])
            due = await self._without_gaps(code, due, terms[code])
            if due:
                await self._take(code, due, terms[code])
                took = True
        return took

    def _room(self, code: str, terms: Terms) -> int:
        operator = self._operators.setdefault(code, _Operator(code))
        return operator.circuit.admitted(
            max(min(terms.max_in_flight - len(operator.under_way), MAX_CLAIM), 0)
        )

    async def _with_a_way(self, code: str, found: list[Candidate]) -> list[Candidate]:
        """These without the submits whose gateway can't be used at present: they wait, and lose no try."""
        stuck = [
            each
            for each in found
            if each.step is Step.SUBMIT and self._ways.gateway(code, each.gateway) is None
        ]
        if stuck:
            until_us = clock.now_us() + int(NO_WAY_S * US_PER_SECOND)
            await self._ask_database([errands.postpone(stuck, until_us=until_us)])
        return [each for each in found if each not in stuck]

    async def _without_gaps(self, code: str, found: list[Candidate], terms: Terms) -> list[Candidate]:
        """These without the submits that come too soon after another one for their number."""
        submits = [each for each in found if each.step is Step.SUBMIT]
        if not submits or not terms.min_gap_s:
            return found
        now_us, gap_us = clock.now_us(), int(terms.min_gap_s * US_PER_SECOND)
        (rows,) = await self._ask_database([errands.sent_lately(code, submits, since_us=now_us - gap_us)])
        busy = {number for (number,) in rows}
        early = []
        for each in submits:
            if each.phone_number in busy:
                early.append(each)
            busy.add(each.phone_number)
        if early:
            await self._ask_database([errands.postpone(early, until_us=now_us + gap_us)])
        return [each for each in found if each not in early]

    async def _take(self, code: str, due: list[Candidate], terms: Terms) -> None:
        """Claim these, which commits each submit as `sending`, and only then begin to ask."""
        now_us = clock.now_us()
        until_us = now_us + int((terms.timeout_s + pursuit.LEASE_MARGIN_S) * US_PER_SECOND)
        claim = errands.claim(due, under=str(uuid.uuid4()), until_us=until_us, now_us=now_us)
        _, rows = await self._ask_database(claim)
        operator = self._operators[code]
        for row in rows:
            word = asyncio.create_task(self._carry(operator, errands.errand(row)))
            operator.under_way.add(word)
            word.add_done_callback(lambda done: self._ended(operator, done))

    def _ended(self, operator: _Operator, word: "asyncio.Task[None]") -> None:
        operator.under_way.discard(word)
        if operator.hungry:
            self._wake.set()
        if not word.cancelled() and (error := word.exception()) is not None:
            log.error("an errand was dropped; its lease ends and it is asked about anew", exc_info=error)

    async def _carry(self, operator: _Operator, errand: Errand) -> None:
        """Ask the operator about one errand, and write down what it said."""
        begun_us, begun_s = clock.now_us(), clock.monotonic_s()
        answer = await self._ask(errand)
        if answer.healthy:
            operator.circuit.succeeded()
        else:
            operator.circuit.failed(TimeoutError(answer.code or "no answer"))
        verb = OF_STEP[errand.step]
        COUNTS.add("topup_operator_answers_total", (verb.value, answer.result.value))
        COUNTS.observe("topup_operator_request_seconds", clock.monotonic_s() - begun_s, (verb.value,))
        following = self._following(errand, answer)
        if isinstance(following, Settle):
            wish = Settlement(
                seller_id=errand.seller_id,
                recharge_id=errand.recharge_id,
                to=following.state,
                cause=f"{verb}_{answer.result}",
                failure=following.failure,
                verb=verb,
                answer=answer,
                begun_at_us=begun_us,
            )
            await self._settle(errand, wish)
        else:
            await self._record(errand, verb, answer, begun_us, following)

    async def _ask(self, errand: Errand) -> Answer:
        """The gateway's answer; UNKNOWN for whatever goes wrong in it."""
        gateway = self._ways.gateway(errand.operator, errand.gateway)
        if gateway is None:  # staff have just chosen it, or nobody can: what was not sent may be sent later
            result = Result.RETRY_LATER if errand.step is Step.SENDING else Result.UNKNOWN
            return Answer(result, code="no_gateway", evidence=f"there is no gateway {errand.gateway}")
        ask = _question(errand.step, gateway)
        if ask is None:
            return Answer(Result.UNKNOWN, code=pursuit.CANNOT_BE_ASKED)
        if errand.step is Step.SENDING and _too_late(errand, gateway):
            return Answer(
                Result.RETRY_LATER, code="not_sent", evidence="this worker was held up; nothing was sent"
            )
        try:
            async with asyncio.timeout(gateway.abilities.timeout_s):
                return contract.kept(await ask(errand.order))
        except TimeoutError:
            return Answer(Result.UNKNOWN, code="timeout", healthy=False)
        except Exception as error:  # the boundary to a gateway: what it raises tells nothing
            log.exception("the gateway %s failed", errand.gateway)
            return Answer(Result.UNKNOWN, code="gateway_error", evidence=type(error).__name__, healthy=False)

    def _following(self, errand: Errand, answer: Answer) -> pursuit.Next:
        now_us = clock.now_us()
        match errand.step:
            case Step.SENDING:
                return pursuit.after_submit(answer, submits=errand.submits, now_us=now_us)
            case Step.REVERSE:
                return pursuit.after_reverse(answer, attempts=errand.checks + 1, now_us=now_us)
            case _:
                gateway = self._ways.gateway(errand.operator, errand.gateway)
                return pursuit.after_query(
                    answer,
                    checks=errand.checks,
                    unknown_since_us=errand.unknown_since_us or now_us,
                    submitted_at_us=errand.submitted_at_us or now_us,
                    in_review=errand.in_review or answer.code == pursuit.CANNOT_BE_ASKED,
                    abilities=gateway.abilities if gateway else contract.Abilities(),
                    now_us=now_us,
                )

    async def _record(
        self, errand: Errand, verb: Verb, answer: Answer, begun_us: int, following: Continue | Done
    ) -> None:
        case = None
        if isinstance(following, Done) and following.case is not None:
            case = _case(errand, following.case, answer)
        goes_on = following if isinstance(following, Continue) else None
        await self._recorder.write(Record(errand, verb, answer, begun_us, goes_on), case=case)

    async def _settle(self, errand: Errand, wish: Settlement) -> None:
        """Post a settlement, until what came of it stands in the database or the lease ends."""
        while True:
            if await self._stands(errand, wish) or clock.now_us() > errand.lease_ends_us:
                return
            await asyncio.sleep(SETTLE_PAUSE_S)

    async def _stands(self, errand: Errand, wish: Settlement) -> bool:
        """Whether the settlement, or the contradiction that it met, is written."""
        posting: Posting = await self._settling.submit(wish)
        if posting.outcome in (Outcome.OVERLOADED, Outcome.DATABASE_UNAVAILABLE):
            return False
        kind = settle.contradiction(wish, posting)
        if kind is None and posting.outcome not in DONE:
            log.error("a settlement came to %s", posting.outcome)
        try:
            await self._write_late(errand, wish, posting, kind)
        except (psycopg.Error, OSError, TimeoutError) as error:
            log.warning("what an operator said too late can't be written yet: %s", error)
            await self._kept.close()
            return False
        return True

    async def _write_late(self, errand: Errand, wish: Settlement, posting: Posting, kind: str | None) -> None:
        """Keep what was said of a recharge that another had settled, and open the case that it makes."""
        step = []
        if posting.outcome is not Outcome.POSTED and wish.verb is Verb.SUBMIT and wish.answer is not None:
            step.append(errands.hear(errand, wish.answer, now_us=clock.now_us()))
        if kind is not None and wish.answer is not None:
            step.append(_case(errand, kind, wish.answer))
        if step:
            await self._ask_database(step)

    async def _ask_database(self, step: list[Statement]) -> Rows:
        async with self._one_at_a_time, asyncio.timeout(TRIP_TIMEOUT_S):
            connection = await self._kept.get()
            return await trips.run_async(connection, step)


def _question(step: Step, gateway: Gateway) -> Callable[[Order], Awaitable[Answer]] | None:
    """What this step asks; None where the gateway can't be asked that."""
    match step:
        case Step.SENDING:
            return gateway.submit
        case Step.REVERSE:
            return gateway.reverse if gateway.abilities.can_reverse else None
        case _ if gateway.abilities.can_query:
            return gateway.query
        case _:  # the same submit again does nothing twice, and its answer is the one that was lost
            return gateway.submit if gateway.abilities.idempotent_submit else None


def _too_late(errand: Errand, gateway: Gateway) -> bool:
    """Whether a submit begun now could still be under way when another worker asks about it."""
    return clock.now_us() + int(gateway.abilities.timeout_s * US_PER_SECOND) > errand.lease_ends_us


def _case(errand: Errand, kind: str, answer: Answer) -> Statement:
    return cases.opening(
        seller_id=errand.seller_id,
        kind=kind,
        subject=f"{errand.order.reference}: {answer.result}",
        recharge_id=errand.recharge_id,
        operator=errand.operator,
        evidence=answer.evidence,
        at_us=clock.now_us(),
    )
