"""/duyet: another officer says yes or no; and the buttons that pause, resume, cancel or correct what is going out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from handlers import broadcast as rules
from handlers.ask import HERE, local_day
from handlers.broadcast import RUNNING, Broadcast, Stage, covers
from handlers.errors import Refusal
from handlers.lint import Finding, Proof, lint
from handlers.message import Message, Reply, Talk, Turn, Value
from handlers.neighbours import Neighbours
from handlers.officer import Officer
from handlers.ports import Broadcasts
from handlers.presses import coming_back, step
from handlers.series import one_of_each, same, series_of
from knowledge.areas import Areas
from knowledge.campaign import QUIET
from knowledge.load import Knowledge

FLOW = "broadcast"
TEMPLATE = "template:"  # before the id of a template that a broadcast was made from
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
ALONE = Neighbours()
Audit = Callable[[Officer, str, str, datetime], Awaitable[None]]
"""Notes what an officer did, with what (an id), in the audit log."""
SHOWN = 4  # broadcasts that are offered at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What can be done with a broadcast by its id; the rules are those of handlers.broadcast."""

    broadcasts: Broadcasts
    knowledge: Knowledge
    audit: Audit

    async def waiting(self, officer: Officer, message: Message, talk: Talk) -> Turn:
        """The oldest one that waits for this officer's yes; a series is one."""
        submitted = await self.broadcasts.of_stage(Stage.SUBMITTED)
        mine = [each for each in reversed(submitted) if self._may_approve(each, officer)]
        if not mine:
            return ended(talk, Reply(key="announce.nothing_waits"))
        found = one_of_each(mine)
        oldest = next(each for each in found if each[0] is mine[0] or same(each[0], mine[0]))
        return ended(talk, asked(oldest[0], self.knowledge, len(found), times=oldest[1]))

    async def pressed(
        self, verb: str, id: str, officer: Officer, message: Message, talk: Talk
    ) -> Turn | None:
        """What a button does; None for one that is not of these. A Refusal says why not."""
        if verb not in VERBS:
            return None
        only_looks = verb in ("show", "fix", *SURE)
        broadcast = await (self.broadcasts.look if only_looks else self.broadcasts.get)(id)
        if broadcast is None:
            return ended(talk, Reply(key="announce.old"))
        if verb == "show":
            return ended(talk, stands(broadcast, self.knowledge))
        if verb == "fix":
            offered = Reply(key="announce.fix")
            data: dict[str, Value] = {"wrong": id}
            return Turn(replies=(offered,), talk=replace(talk, flow=FLOW, step="fix", data=data))
        if verb in SURE:
            sure = (step(FLOW, SURE[verb], id), step(FLOW, "show", id))
            return ended(talk, Reply(key=f"announce.sure.{verb}", presses=sure))
        done = broadcast
        for each in (broadcast, *await series_of(broadcast, self.broadcasts)):
            if each.stage is broadcast.stage:
                changed = await self._done(verb, each, officer, message)
                done = changed if each is broadcast else done
        reply = stands(done, self.knowledge, key=f"announce.did.{verb}")
        return replace(ended(talk, reply), durable=True)

    async def _done(
        self, verb: str, broadcast: Broadcast, officer: Officer, message: Message
    ) -> Broadcast:
        """An act on one broadcast, noted and kept."""
        changed = self._changed(verb, broadcast, officer, message)
        await self.audit(officer, NAMES[verb], broadcast.id, message.at)
        if verb == "submit":
            stopped(changed, self.knowledge, message.at)
        if is_ready(changed, self.knowledge, local_day(message.at)):
            changed = rules.approve_beforehand(changed, message.at)
            await self.audit(officer, "warning_ready", broadcast.id, message.at)
        await self.broadcasts.save(changed)
        return changed

    def _changed(
        self, verb: str, broadcast: Broadcast, officer: Officer, message: Message
    ) -> Broadcast:
        areas, now = self.knowledge.areas, message.at
        match verb:
            case "submit":
                return rules.submit(broadcast, officer, areas, now)
            case "ok":
                return rules.approve(broadcast, officer, areas, now)
            case "no":
                return rules.send_back(broadcast, officer, areas)
            case "break":
                return rules.break_glass(broadcast, officer, areas, now)
            case "pause":
                return rules.pause(broadcast, officer, areas)
            case "resume":
                return rules.resume(broadcast, officer, areas)
        return rules.cancel(broadcast, officer, areas, now)

    def _may_approve(self, broadcast: Broadcast, officer: Officer) -> bool:
        try:
            rules.approve(broadcast, officer, self.knowledge.areas, NEVER)
        except Refusal:
            return False
        return True


SURE = {"glass": "break", "cancel": "end", "drop": "end"}
"""What is asked twice, and the button that means it."""
NAMES = {
    "submit": "warning_submit",
    "ok": "warning_approve",
    "no": "warning_send_back",
    "break": "warning_break_glass",
    "pause": "warning_pause",
    "resume": "warning_resume",
    "end": "warning_cancel",
}
"""What each act is called in the audit log, as at the desk."""
VERBS = frozenset({"show", "fix", "submit", "ok", "no", "break", "pause", "resume", "end", *SURE})


def is_ready(broadcast: Broadcast, knowledge: Knowledge, on: date) -> bool:
    """Whether it says what a template says that was approved in advance, with only the fields filled."""
    template = knowledge.templates.get(broadcast.source.removeprefix(TEMPLATE))
    if broadcast.stage is not Stage.SUBMITTED or template is None or not template.ready:
        return False
    if broadcast.urgent > template.urgent:
        return False
    return template.made(broadcast.text, broadcast.sms, knowledge.articles, on)


def findings(
    broadcast: Broadcast, knowledge: Knowledge, now: datetime, near: Neighbours = ALONE
) -> tuple[Finding, ...]:
    """What the lint says of it; one that goes out at once is looked at as of noon: the clock knows the night."""
    areas = knowledge.areas
    places = [areas[id] for id in broadcast.areas if id in areas]
    proof = Proof(
        text=broadcast.text,
        sms=broadcast.sms,
        topic=broadcast.topic,
        at=broadcast.at or now.astimezone(HERE).replace(hour=12),
        urgent=broadcast.urgent,
        phones=frozenset(phone for a in places for phone in (a.hotline, a.duty) if phone),
        others=near.ordinary,
        contacts=near.all,
        zalo=not broadcast.channels or "zalo_oa" in broadcast.channels,
    )
    return lint(proof, knowledge)


def stopped(broadcast: Broadcast, knowledge: Knowledge, now: datetime) -> None:
    """Refusal with the first finding that may not go out."""
    for finding in findings(broadcast, knowledge, now):
        if finding.stops:
            raise Refusal("announce.stopped", finding=finding.words(knowledge.texts))


async def newest(broadcasts: Broadcasts, officer: Officer, areas: Areas) -> list[Broadcast]:
    """What is going out, or stopped, in the officer's area."""
    running = await broadcasts.of_stage(*sorted(RUNNING))
    return [b for b in running if all(covers(officer, a, areas) for a in b.areas)][:SHOWN]


def asked(broadcast: Broadcast, knowledge: Knowledge, count: int = 1, *, times: int = 1) -> Reply:
    """The question to an approver, with the whole text; `times`: how often it is to go out."""
    areas = knowledge.areas
    values: dict[str, Value] = {
        "text": broadcast.text,
        "place": ", ".join(areas[id].name for id in broadcast.areas if id in areas),
        "when": shown(broadcast, knowledge, times),
        "count": count,
    }
    presses = (step(FLOW, "ok", broadcast.id), step(FLOW, "no", broadcast.id))
    key = "announce.approve_urgent" if broadcast.urgent else "announce.approve"
    return Reply(key=key, values=values, presses=presses)


def shown(broadcast: Broadcast, knowledge: Knowledge, times: int = 1) -> str:
    """When it goes out, in words."""
    if broadcast.at:
        at = f"{broadcast.at.astimezone(HERE):%H:%M %d/%m/%Y}"
        return knowledge.texts("announce.times", at=at, count=times) if times > 1 else at
    return knowledge.texts(
        "announce.at_once" if broadcast.urgent else "announce.by_day", end=QUIET[0]
    )


def stands(broadcast: Broadcast, knowledge: Knowledge, key: str = "announce.stands") -> Reply:
    """Where a broadcast stands, and what can be done now."""
    values: dict[str, Value] = {
        "stage": knowledge.texts(f"broadcast.is.{broadcast.stage}"),
        "text": broadcast.text,
    }
    verbs = {
        Stage.DRAFT: ("submit", "drop"),
        Stage.SUBMITTED: ("drop",),
        Stage.APPROVED: ("cancel",),
        Stage.SENDING: ("pause", "cancel", "fix"),
        Stage.PAUSED: ("resume", "cancel", "fix"),
        Stage.HALTED: ("resume", "cancel", "fix"),
        Stage.DONE: ("fix",),
    }.get(broadcast.stage, ())
    presses = tuple(step(FLOW, verb, broadcast.id) for verb in verbs)
    return Reply(key=key, values=values, presses=presses)


def ended(talk: Talk, reply: Reply) -> Turn:
    """Say it; the conversation goes on by its buttons alone."""
    offered = coming_back(reply.presses) or talk.offered
    return Turn(
        replies=(reply,), talk=replace(talk, flow=None, step=None, data={}, offered=offered)
    )
