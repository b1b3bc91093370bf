"""The knowledge that a machine answers from: followed as it changes, never worse than the last good one."""

import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.store.database import Database, DatabaseError
from bot.store.snapshots import Snapshot, live_number, snapshot
from handlers.answer import Answerer
from knowledge.faults import Fault, KnowledgeError
from knowledge.folder import fingerprint, unpacked
from knowledge.learned import digest, from_bytes, learned_of
from knowledge.load import SHIPPED, Knowledge, load_knowledge

log = logging.getLogger(__name__)

GLANCE = 0.5  # seconds between two looks for a change
KEPT = "learned"  # below the data folder: what was learnt of knowledge seen before
CALM = 0.2  # seconds a folder must rest before it is read: an editor writes in pieces

Tell = Callable[[Sequence[Fault]], Awaitable[None]]
Swapped = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is answered from, and its published number; None: a folder as it stood at `mark`."""

    answerer: Answerer
    number: int | None = None
    mark: int = 0


async def opened(database: Database, folder: Path, data: Path, *, gate: bool) -> State:
    """What to start with: the published state, else the folder as it stands; KnowledgeError."""
    kept = data / KEPT
    if gate and (number := await live_number(database)) is not None:
        try:
            return await published(database, number, kept)
        except KnowledgeError as error:
            log.error("published knowledge unusable", extra={"count": len(error.faults)})
    mark = fingerprint(folder)  # before it is read: what is saved meanwhile is seen as a change
    return State(answerer=await asyncio.to_thread(_of_folder, folder, kept), mark=mark)


async def published(database: Database, number: int, kept: Path) -> State:
    """A published state; KnowledgeError where it can't be used."""
    found = await snapshot(database, number)
    if found is None:
        raise KnowledgeError([Fault(Path(str(number)), 1, "không còn bản công bố này")])
    return State(answerer=await asyncio.to_thread(_of_snapshot, found, kept), number=number)


class Library:
    """Holds the state, and follows it: the published one, or, with the gate off, the folder itself."""

    def __init__(
        self, *, state: State, database: Database, folder: Path, data: Path, gate: bool
    ) -> None:
        self.state = state
        self.faults: tuple[Fault, ...] = ()
        self._database = database
        self._folder = folder
        self._kept = data / KEPT
        self._gate = gate
        self._refused: int | None = None
        self._swapped: list[Swapped] = []

    @property
    def answerer(self) -> Answerer:
        return self.state.answerer

    @property
    def knowledge(self) -> Knowledge:
        return self.state.answerer.knowledge

    def on_swap(self, swapped: Swapped) -> None:
        """Call this after each change."""
        self._swapped.append(swapped)

    async def follow(self, tell: Tell, *, glance: float = GLANCE, calm: float = CALM) -> None:
        """For as long as the service runs; what goes wrong is told, and the last good state stays."""
        seen = self.state.mark
        while True:
            await asyncio.sleep(glance)
            if self._gate:
                await self._look_at_published(tell)
            elif self._folder != SHIPPED and (now := fingerprint(self._folder)) != seen:
                seen = await self._rested(now, calm)
                await self._try(self._take_folder(), tell)

    async def _look_at_published(self, tell: Tell) -> None:
        try:
            number = await live_number(self._database)
        except DatabaseError:
            log.warning("published knowledge not looked at")
            return
        if number not in (None, self.state.number, self._refused):
            self._refused = number  # until it is taken over: a faulty one is told once
            await self._try(self._take_published(int(number)), tell)

    async def _take_published(self, number: int) -> None:
        self._take(await published(self._database, number, self._kept))
        self._refused = None

    async def _take_folder(self) -> None:
        """New words of the same articles answer at once; what is learnt of them follows seconds later."""
        before = self.answerer
        knowledge = await asyncio.to_thread(load_knowledge, self._folder)
        if _shape(knowledge) == _shape(before.knowledge):
            now = await asyncio.to_thread(Answerer, knowledge, before.learned)
            self._take(State(answerer=now))
        articles = knowledge.searched()
        learned = await asyncio.to_thread(learned_of, articles, self._kept)
        answerer = await asyncio.to_thread(Answerer, knowledge, learned)
        self._take(State(answerer=answerer))

    def _take(self, state: State) -> None:
        self.state, self.faults = state, ()
        for swapped in self._swapped:
            swapped()
        log.info("knowledge taken over", extra={"count": len(self.knowledge.articles)})

    async def _rested(self, now: int, calm: float) -> int:
        """The folder's fingerprint once it stays the same for a moment; at most a second later."""
        for _ in range(5):
            before, now = now, await _later(calm, self._folder)
            if now == before:
                break
        return now

    async def _try(self, taking: Awaitable[None], tell: Tell) -> None:
        try:
            await taking
        except KnowledgeError as error:
            self.faults = error.faults
            log.warning("knowledge faulty", extra={"count": len(error.faults)})
            await tell(error.faults)
        except Exception:
            log.exception("knowledge not taken over")


async def _later(seconds: float, folder: Path) -> int:
    await asyncio.sleep(seconds)
    return fingerprint(folder)


def _shape(knowledge: Knowledge) -> list[tuple[str, str]]:
    """What the ranker's classes hang on."""
    return [(article.id, article.topic) for article in knowledge.searched()]


def _of_folder(folder: Path, kept: Path) -> Answerer:
    knowledge = load_knowledge(folder)
    return Answerer(knowledge, learned_of(knowledge.searched(), kept))


def _of_snapshot(found: Snapshot, kept: Path) -> Answerer:
    """With what was learnt when it was published, if nothing that it hangs on has changed since."""
    with tempfile.TemporaryDirectory() as place:
        knowledge = load_knowledge(unpacked(found.files, Path(place)))
    articles = knowledge.searched()
    same = found.learned and found.digest == digest(articles)
    return Answerer(knowledge, from_bytes(found.learned) if same else learned_of(articles, kept))
