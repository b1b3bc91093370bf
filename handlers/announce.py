"""/phat: an officer writes a warning on the phone, sees it as people will, and has it approved."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers import broadcast as rules
from handlers.ask import HERE, local_day
from handlers.broadcast import EVERY_TOPIC, OPEN, Broadcast, Stage, communes_of
from handlers.control import FLOW, TEMPLATE, Audit, Control, ended, findings, newest, shown
from handlers.errors import Errand
from handlers.message import Kind, Message, Reply, Talk, Turn, Value
from handlers.neighbours import COUNTED, LISTED, Ahead, neighbours
from handlers.officer import PROVINCE_WIDE, Officer, Role
from handlers.places import all_communes, commune_in
from handlers.ports import Broadcasts, Officers, Reach, Reaching
from handlers.presses import coming_back, step, step_of
from handlers.reach import Forecast, price
from handlers.series import coming, retimed, series_of, weekly
from handlers.subscribe import CHOOSABLE
from knowledge.areas import Area
from knowledge.load import Knowledge
from knowledge.moments import WEEKDAYS
from knowledge.sms import unmarked
from knowledge.templates import Template

CLOCK = "%H:%M"
HOURS = ("0730", "1030", "1630", "1830")  # offered for a weekly warning; others can be typed
UNMET = ("unmet1", "unmet2", "unmet3", "unmet4")  # the buttons of the last warnings
FIRST = 60  # letters of a warning by which it is known
FINDINGS = 4  # shown at once
SMS = "lint.no_sms"  # on a phone nobody is asked for a second form

NewId = Callable[[], str]
Forecaster = Callable[[Sequence[Reach], datetime, bool], Sequence[Forecast]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """The conversation of /phat and /duyet; the draft is in the store, the talk only knows which one."""

    broadcasts: Broadcasts
    officers: Officers
    knowledge: Knowledge
    reach: Reaching
    forecast: Forecaster
    new_id: NewId
    audit: Audit
    ahead: Ahead

    async def __call__(self, message: Message, talk: Talk) -> Turn:
        officer = None if message.group else await self.officers.of_chat(message.chat)
        if officer is None or officer.role is Role.ADMIN:
            return ended(talk, Reply(key="announce.stranger"))
        control = Control(broadcasts=self.broadcasts, knowledge=self.knowledge, audit=self.audit)
        if message.kind is Kind.PRESS:
            verb, argument = step_of(message.text, FLOW)
            turn = await control.pressed(verb, argument, officer, message, talk)
            return turn or await self._pressed(verb, argument, officer, message, talk)
        if message.text.startswith("/duyet"):
            return await control.waiting(officer, message, talk)
        if message.text.startswith("/"):
            words = message.text.partition(" ")[2].strip()
            return await self._opened(officer, words, message, talk)
        return await self._words(officer, message, talk)

    async def _opened(self, officer: Officer, words: str, message: Message, talk: Talk) -> Turn:
        """Words behind the command are the warning; else they are asked for, or a template is chosen."""
        if words:
            return await self._written(officer, words, message, talk)
        running = await newest(self.broadcasts, officer, self.knowledge.areas)
        presses = (step(FLOW, "templates"), *(step(FLOW, "show", each.id) for each in running))
        values: dict[str, Value] = {"place": self._place((officer.area,))}
        return _ask(talk, "text", Reply(key="announce.write", values=values, presses=presses), {})

    async def _words(self, officer: Officer, message: Message, talk: Talk) -> Turn:
        """What was typed at a step: the text, an hour, a place, a template's field, a correction."""
        match talk.step:
            case "at":
                return await self._timed(officer, message, talk)
            case "clock":
                return await self._weekly(officer, message, talk, clock_of(message.text))
            case "place":
                return await self._placed(officer, message, talk)
            case "field":
                return await self._filled(officer, message, talk)
            case "fix":
                return await self._corrected(officer, message, talk)
        return await self._written(officer, message.text, message, talk)

    async def _pressed(
        self, verb: str, argument: str, officer: Officer, message: Message, talk: Talk
    ) -> Turn:
        match verb:
            case "templates":
                uses = tuple(step(FLOW, "use", each) for each in self.knowledge.templates)
                return _ask(talk, "text", Reply(key="announce.templates", presses=uses), {})
            case "use" if argument in self.knowledge.templates:
                return await self._of_template(officer, argument, message, talk)
            case "topics":
                topics = tuple(step(FLOW, "topic", each) for each in (EVERY_TOPIC, *CHOOSABLE))
                return _ask(talk, "topics", Reply(key="announce.topics", presses=topics), talk.data)
            case "topic":
                return await self._changed(officer, message, talk, topic=argument)
            case "urgent" | "calm":
                return await self._changed(officer, message, talk, urgent=verb == "urgent")
            case "when":
                presses = (step(FLOW, "now"), step(FLOW, "repeat"))
                reply = Reply(key="announce.when", presses=presses)
                return _ask(talk, "at", reply, talk.data)
            case "now":
                return await self._retimed(officer, message, talk, "", (None,))
            case "repeat":
                days = tuple(step(FLOW, "day", each) for each in WEEKDAYS)
                return _ask(talk, "day", Reply(key="announce.repeat", presses=days), talk.data)
            case "day" if argument in WEEKDAYS:
                hours = tuple(step(FLOW, "hour", each) for each in HOURS)
                data = {**talk.data, "day": argument}
                return _ask(talk, "clock", Reply(key="announce.clock", presses=hours), data)
            case "hour" if argument in HOURS:
                clock = f"{argument[:2]}:{argument[2:]}"
                return await self._weekly(officer, message, talk, clock)
            case "unmet":
                return await self._recent(officer, talk)
            case "everyone":
                return await self._changed(officer, message, talk, unmet=None)
            case verb if verb in UNMET and argument:
                return await self._changed(officer, message, talk, unmet=argument)
            case "where":
                return _ask(talk, "place", Reply(key="announce.where"), talk.data)
            case "list":
                return _ask(talk, "place", all_communes(self.knowledge.areas, FLOW), talk.data)
            case "in" if argument in self.knowledge.areas:
                return await self._changed(officer, message, talk, areas=(argument,))
            case "rewrite":
                return _ask(talk, "text", Reply(key="announce.rewrite"), talk.data)
        return ended(talk, Reply(key="announce.old"))

    async def _written(self, officer: Officer, words: str, message: Message, talk: Talk) -> Turn:
        """The text of a new draft, or the new text of one."""
        if talk.data.get("id"):
            return await self._changed(officer, message, talk, text=words)
        draft = Broadcast(id=self.new_id(), author=officer.id, text=words, areas=(officer.area,))
        return await self._kept(draft, officer, message, talk)

    async def _of_template(self, officer: Officer, id: str, message: Message, talk: Talk) -> Turn:
        template = self.knowledge.templates[id]
        area = self.knowledge.areas[officer.area]
        given = {"xa": area.name, "dien_thoai": area.duty or area.hotline or "113"}
        text, sms = template.filled(given, self.knowledge.articles, local_day(message.at))
        draft = Broadcast(
            id=self.new_id(),
            author=officer.id,
            title=template.name,
            topic=template.topic,
            text=text,
            sms=sms,
            urgent=template.urgent,
            areas=(officer.area,),
            source=f"{TEMPLATE}{id}",
        )
        return await self._kept(draft, officer, message, talk)

    async def _kept(self, draft: Broadcast, officer: Officer, message: Message, talk: Talk) -> Turn:
        draft = rules.compose(draft, officer, self.knowledge.areas, message.at)
        await self.broadcasts.add(draft)
        return await self._next(draft, officer, message, talk)

    async def _changed(
        self, officer: Officer, message: Message, talk: Talk, **changes: object
    ) -> Turn:
        """A change of the draft, and of all of its series."""
        draft = await self._draft(talk)
        if draft is None:
            return ended(talk, Reply(key="announce.old"))
        areas = self.knowledge.areas
        for each in await series_of(draft, self.broadcasts):
            if each.stage in OPEN:
                await self.broadcasts.save(rules.edit(each, officer, areas, **changes))
        draft = rules.edit(draft, officer, areas, **changes)
        await self.broadcasts.save(draft)
        return await self._next(draft, officer, message, talk)

    async def _draft(self, talk: Talk) -> Broadcast | None:
        """The draft that is being worked on, if nothing of it has gone out."""
        draft = await self.broadcasts.get(str(talk.data.get("id", "")))
        return draft if draft and draft.stage in OPEN else None

    async def _next(self, draft: Broadcast, officer: Officer, message: Message, talk: Talk) -> Turn:
        """Ask for the next open field of a template, else show the whole."""
        template = self.knowledge.templates.get(draft.source.removeprefix(TEMPLATE))
        for name in template.asked if template else ():
            if f"{{{name}}}" in f"{draft.text} {draft.sms}":
                return self._asked(template, name, draft, talk)
        return await self._preview(draft, officer, message, talk)

    def _asked(self, template: Template | None, name: str, draft: Broadcast, talk: Talk) -> Turn:
        field = template.fields[name] if template else None
        values: dict[str, Value] = {
            "label": field.label if field else name,
            "hint": field.hint if field else "",
        }
        data: dict[str, Value] = {"id": draft.id, "field": name}
        return _ask(talk, "field", Reply(key="announce.field", values=values), data)

    async def _filled(self, officer: Officer, message: Message, talk: Talk) -> Turn:
        draft = await self.broadcasts.get(str(talk.data.get("id", "")))
        if draft is None:
            return ended(talk, Reply(key="announce.old"))
        mark, value = f"{{{talk.data.get('field')}}}", message.text.strip()
        text, sms = draft.text.replace(mark, value), draft.sms.replace(mark, unmarked(value))
        return await self._changed(officer, message, talk, text=text, sms=sms)

    async def _timed(self, officer: Officer, message: Message, talk: Talk) -> Turn:
        """An hour ("18:30"), an hour and a day ("18:30 12/02"), or a moment of the season ("tet-2d 16:00")."""
        instants = instants_of(message.text, message.at)
        if not instants:
            return _ask(talk, "at", Reply(key="announce.when_unclear"), talk.data)
        return await self._retimed(officer, message, talk, message.text.strip(), instants)

    async def _weekly(self, officer: Officer, message: Message, talk: Talk, clock: str) -> Turn:
        """Each week on the day that was pressed before, at this hour."""
        moment = weekly(str(talk.data.get("day", "")), clock, message.at)
        instants = coming(moment, message.at)
        if not instants:
            return _ask(talk, "clock", Reply(key="announce.when_unclear"), talk.data)
        return await self._retimed(officer, message, talk, moment, instants)

    async def _retimed(
        self,
        officer: Officer,
        message: Message,
        talk: Talk,
        moment: str,
        instants: Sequence[datetime | None],
    ) -> Turn:
        """The draft, and the others of its series, at other instants."""
        draft = await self._draft(talk)
        if draft is None:
            return ended(talk, Reply(key="announce.old"))
        series = (draft, *await series_of(draft, self.broadcasts))
        areas = self.knowledge.areas
        found = retimed(series, instants, officer, areas, message.at, self.new_id, moment=moment)
        for each in (*found.moved, *found.dropped):
            await self.broadcasts.save(each)
        for each in found.added:
            await self.broadcasts.add(each)
        for each in found.dropped:
            await self.audit(officer, "warning_cancel", each.id, message.at)
        return await self._next(found.moved[0], officer, message, talk)

    async def _placed(self, officer: Officer, message: Message, talk: Talk) -> Turn:
        if officer.role in PROVINCE_WIDE and message.text.lower().startswith(
            ("cả tỉnh", "ca tinh")
        ):
            whole = (self.knowledge.areas.province.id,)
            return await self._changed(officer, message, talk, areas=whole)
        found = commune_in(message.text, self.knowledge.areas, FLOW)
        if isinstance(found, Area):
            return await self._changed(officer, message, talk, areas=(found.id,))
        return _ask(talk, "place", found, talk.data)

    async def _recent(self, officer: Officer, talk: Talk) -> Turn:
        """The last warnings of the officer's area: whoever got one of them may be left out."""
        areas = self.knowledge.areas
        sent = await self.broadcasts.of_stage(Stage.SENDING, Stage.PAUSED, Stage.DONE)
        mine = [b for b in sent if all(rules.covers(officer, area, areas) for area in b.areas)]
        mine = mine[: len(UNMET)]
        if not mine:
            return _ask(talk, "preview", Reply(key="announce.none_recent"), talk.data)
        lines = "\n".join(f"{n}. {first_words(b)}" for n, b in enumerate(mine, 1))
        presses = tuple(step(FLOW, verb, b.id) for verb, b in zip(UNMET, mine, strict=False))
        reply = Reply(
            key="announce.unmet",
            values={"list": lines},
            presses=(*presses, step(FLOW, "everyone")),
        )
        return _ask(talk, "preview", reply, talk.data)

    async def _corrected(self, officer: Officer, message: Message, talk: Talk) -> Turn:
        wrong = await self.broadcasts.get(str(talk.data.get("wrong", "")))
        if wrong is None:
            return ended(talk, Reply(key="announce.old"))
        areas = self.knowledge.areas
        draft = rules.correction(wrong, self.new_id(), message.text, officer, areas, message.at)
        if wrong.stage is Stage.SENDING:  # nobody else gets the wrong one
            await self.broadcasts.save(rules.pause(wrong, officer, areas))
            await self.audit(officer, "warning_pause", wrong.id, message.at)
        await self.broadcasts.add(draft)
        await self.audit(officer, "warning_correct", wrong.id, message.at)
        return await self._preview(draft, officer, message, talk)

    async def _preview(
        self, draft: Broadcast, officer: Officer, message: Message, talk: Talk
    ) -> Turn:
        """The warning as people will see it, whom it will reach, and the next steps."""
        values: dict[str, Value] = {
            **self._reach(draft, message),
            "text": draft.text,
            "place": self._place(draft.areas),
            "topic": self.knowledge.texts(f"announce.topic.{draft.topic}"),
            "when": shown(draft, self.knowledge, await self._times(draft)),
            "whom": self.knowledge.texts("announce.only_unmet") if draft.unmet else "",
            "findings": await self._findings(draft, message.at),
        }
        glass = draft.urgent and officer.role in (Role.DUTY, Role.PROVINCE)
        presses = (
            step(FLOW, "submit", draft.id),
            *((step(FLOW, "glass", draft.id),) if glass else ()),
            step(FLOW, "calm" if draft.urgent else "urgent"),
            step(FLOW, "topics"),
            step(FLOW, "when"),
            step(FLOW, "unmet"),
            *((step(FLOW, "where"),) if officer.role in PROVINCE_WIDE else ()),
            step(FLOW, "rewrite"),
            step(FLOW, "drop", draft.id),
        )
        key = "announce.preview_urgent" if draft.urgent else "announce.preview"
        return _ask(
            talk, "preview", Reply(key=key, values=values, presses=presses), {"id": draft.id}
        )

    async def _times(self, draft: Broadcast) -> int:
        """How often it is to go out."""
        others = await series_of(draft, self.broadcasts)
        return 1 + sum(each.stage in OPEN for each in others)

    def _reach(self, draft: Broadcast, message: Message) -> dict[str, Value]:
        """How many will get it: ringing, when they look, against payment; who is shut out; until when."""
        at = max(draft.at or message.at, message.at)
        if not isinstance(message.brought, tuple):  # nothing is held while a province is counted
            communes = communes_of(draft, self.knowledge.areas)
            raise Errand(lambda: self.reach(draft, communes, at))
        reach: tuple[Reach, ...] = message.brought
        found = self.forecast(reach, at, draft.urgent)
        return {
            "count": sum(each.count for each in reach),
            "free": sum(each.free for each in found),
            "silent": sum(each.silent for each in found),
            "paid": sum(each.paid for each in found),
            "shut": sum(each.shut for each in found),
            "cost": price(found, self.knowledge.texts),
            "spared": sum(each.spared for each in found),
            "minutes": max(1, math.ceil(max((each.minutes for each in found), default=0))),
        }

    async def _findings(self, draft: Broadcast, now: datetime) -> str:
        """The first slips that the lint found, each on a line."""
        others = await self.broadcasts.of_stage(*COUNTED, limit=LISTED)
        near = neighbours(draft, others, self.ahead(now), self.knowledge.areas, now)
        found = findings(draft, self.knowledge, now, near)[:FINDINGS]
        texts = self.knowledge.texts
        return "".join(f"\n⚠ {finding.words(texts)}" for finding in found if finding.key != SMS)

    def _place(self, ids: Sequence[str]) -> str:
        areas = self.knowledge.areas
        return ", ".join(areas[id].name for id in ids if id in areas)


def instants_of(words: str, now: datetime) -> tuple[datetime, ...]:
    """The instants still to come that words mean, in Việt Nam: of an hour or a day the next one, of a weekly moment
    all; () where they can't be read or it has passed.
    """
    words, local = words.strip().lower(), now.astimezone(HERE)
    spoken = re.sub(r"(\d)h(\d{2})?", lambda m: f"{m[1]}:{m[2] or '00'}", words)
    for form in ("%H:%M %d/%m/%Y", "%H:%M %d/%m", CLOCK):
        try:
            read = datetime.strptime(spoken, form)  # noqa: DTZ007 (put into Việt Nam's time below)
        except ValueError:
            continue
        at = read.replace(tzinfo=HERE)
        if form == CLOCK:
            at = at.replace(year=local.year, month=local.month, day=local.day)
            return (at if at > local else at + timedelta(days=1),)
        if "%Y" not in form:
            at = at.replace(year=local.year)
            at = at if at > local else at.replace(year=local.year + 1)
        return (at,) if at > local else ()
    found = coming(words, now)
    return found if ".." in words else found[:1]


def clock_of(words: str) -> str:
    """An hour as it was typed, "7h", "16h30" or "16:30", as moments have it; "" where it is none."""
    match = re.fullmatch(r"(\d{1,2})(?:[h:](\d{2})?)?", words.strip().lower())
    return f"{int(match[1]):02}:{match[2] or '00'}" if match else ""


def first_words(broadcast: Broadcast) -> str:
    """How officers tell a warning from others."""
    words = broadcast.title or broadcast.text.replace("**", "").partition("\n")[0]
    return f"{words[:FIRST]}…" if len(words) > FIRST else words


def _ask(talk: Talk, place: str, reply: Reply, data: Mapping[str, Value]) -> Turn:
    offered = coming_back(reply.presses)
    talk = replace(talk, flow=FLOW, step=place, data=data, offered=offered)
    return Turn(replies=(reply,), talk=talk)
