"""The knowledge that a machine answers from: followed as it changes, never worse than the last good one."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.learning import NotLearnt, learnt_apart
from bot.store.database import Database, DatabaseError
from bot.store.snapshots import Snapshot, live_number, snapshot
from handlers.answer import Answerer
from knowledge.faults import Fault, KnowledgeError
from knowledge.folder import fingerprint, unpacked
from knowledge.learned import digest, from_bytes, known_of, learned_of
from knowledge.load import SHIPPED, Knowledge, load_knowledge

log = logging.getLogger(__name__)

GLANCE = 0.4  # seconds between two looks for a change
KEPT = "learned"  # below the data folder: what was learnt of knowledge seen before
REST = 3.0  # seconds without a change before what has changed is learnt
CALM = 0.2  # seconds a folder must rest before it is read: an editor writes in pieces

Tell = Callable[[Sequence[Fault]], Awaitable[None]]
Swapped = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is answered from, and its published number; None: a folder as it stood at `mark`."""

    answerer: Answerer
    number: int | None = None
    mark: int = 0
    learnt: bool = True  # False: new phrasings are only guessed at, until they are learnt

    @property
    def knowledge(self) -> Knowledge:
        return self.answerer.knowledge


async def opened(database: Database, folder: Path, data: Path, *, gate: bool) -> State:
    """What to start with, at once: the published state, else the folder as it stands; KnowledgeError."""
    kept = data / KEPT
    if gate and (number := await live_number(database)) is not None:
        try:
            return await published(database, number, kept)
        except KnowledgeError as error:
            log.error("published knowledge unusable", extra={"count": len(error.faults)})
    mark = fingerprint(folder)  # before it is read: what is saved meanwhile is seen as a change
    return replace(await asyncio.to_thread(_of_folder, folder, kept), mark=mark)


async def published(
    database: Database, number: int, kept: Path, base: State | None = None
) -> State:
    """A published state; `base` as for `_ready`; KnowledgeError where it can't be used."""
    found = await _snapshot(database, number)
    return replace(await asyncio.to_thread(_of_snapshot, found, kept, base), number=number)


def patient(state: State, kept: Path) -> Answerer:
    """Answers from a state when all is learnt; that may take seconds."""
    if state.learnt:
        return state.answerer
    return Answerer(state.knowledge, learned_of(state.knowledge.searched(), kept))


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
        self._base = state if state.learnt else None
        self._rest = REST
        self._learning: asyncio.Task[None] | None = None
        self._refused: int | None = None
        self._swapped: list[Swapped] = []

    @property
    def answerer(self) -> Answerer:
        return self.state.answerer

    @property
    def knowledge(self) -> Knowledge:
        return self.state.knowledge

    def on_swap(self, swapped: Swapped) -> None:
        """Call this after each change."""
        self._swapped.append(swapped)

    async def follow(
        self, tell: Tell, *, glance: float = GLANCE, calm: float = CALM, rest: float = REST
    ) -> None:
        """For as long as the service runs; what goes wrong is told, and the last good state stays."""
        seen, self._rest = self.state.mark, rest
        self._begin_learning()
        try:
            while True:
                await asyncio.sleep(glance)
                if self._gate:
                    await self._look_at_published(tell)
                elif self._folder != SHIPPED and (now := fingerprint(self._folder)) != seen:
                    seen = await self._rested(now, calm)
                    await self._try(self._take_folder(), tell)
        finally:
            self._stop_learning()

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
        self._take(await published(self._database, number, self._kept, self._base))
        self._refused = None

    async def _take_folder(self) -> None:
        self._take(await asyncio.to_thread(_of_folder, self._folder, self._kept, self._base))

    def _take(self, state: State) -> None:
        self.state, self.faults = state, ()
        self._begin_learning()
        for swapped in self._swapped:
            swapped()
        log.info("knowledge taken over", extra={"count": len(self.knowledge.articles)})

    def _begin_learning(self) -> None:
        """Learn what the state of now only guesses at; what was being learnt is out of date."""
        self._stop_learning()
        if self.state.learnt:
            self._base = self.state
        else:
            self._learning = asyncio.create_task(self._learn(self.state), name="learning")

    def _stop_learning(self) -> None:
        if self._learning:
            self._learning.cancel()
        self._learning = None

    async def _learn(self, state: State) -> None:
        await asyncio.sleep(self._rest)  # whoever saves one file often saves another
        try:
            async with self._files_of(state) as folder:
                learned = await learnt_apart(folder, state.knowledge.searched(), self._kept)
            answerer = await asyncio.to_thread(Answerer, state.knowledge, learned)
        except (NotLearnt, KnowledgeError, DatabaseError, OSError):
            log.warning("knowledge not learnt")
            return
        self._learning = None  # it is this task, and done
        self._take(replace(state, answerer=answerer, learnt=True))

    @asynccontextmanager
    async def _files_of(self, state: State) -> AsyncIterator[Path]:
        """The folder that a state comes from; a published one is unpacked for as long as it is needed."""
        if state.number is None:
            yield self._folder
            return
        found = await _snapshot(self._database, state.number)
        with tempfile.TemporaryDirectory() as place:
            yield await asyncio.to_thread(unpacked, found.files, Path(place))

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


async def _snapshot(database: Database, number: int) -> Snapshot:
    found = await snapshot(database, number)
    if found is None:
        raise KnowledgeError([Fault(Path(str(number)), 1, "không còn bản công bố này")])
    return found


def _of_folder(folder: Path, kept: Path, base: State | None = None) -> State:
    return _ready(load_knowledge(folder), kept, base)


def _of_snapshot(found: Snapshot, kept: Path, base: State | None = None) -> State:
    """With what was learnt when it was published, if nothing that it hangs on has changed since."""
    with tempfile.TemporaryDirectory() as place:
        knowledge = load_knowledge(unpacked(found.files, Path(place)))
    if found.learned and found.digest == digest(knowledge.searched()):
        return State(answerer=Answerer(knowledge, from_bytes(found.learned)))
    return _ready(knowledge, kept, base)


def _ready(knowledge: Knowledge, kept: Path, base: State | None) -> State:
    """Answers at once: by what was learnt of these articles, else guessing from `base`; None: the shipped ones."""
    if known := known_of(knowledge.searched(), kept):
        return State(answerer=Answerer(knowledge, known))
    before = base.answerer if base else Answerer(load_knowledge())
    return State(answerer=Answerer(knowledge, before=before), learnt=False)
