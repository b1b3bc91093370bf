"""What a question means and what answers it: pure, the same for a chat, the command line and a batch."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from handlers.message import Subject, Value
from knowledge.article import Article, in_language
from knowledge.clauses import WITHIN
from knowledge.directive import KEEP, MOST, DirectiveHit, DirectiveSearch
from knowledge.followup import is_followup, merge, points_back
from knowledge.guess import Finder, Guess
from knowledge.language import english as is_english
from knowledge.learned import Learned
from knowledge.load import Knowledge
from knowledge.scam import asked_about, looks_pasted, red_flags
from knowledge.search import Hit, Search
from knowledge.slots import Slots, read_slots
from knowledge.tet_days import TetDay, tet_day
from knowledge.triage import Emergency, accusation, emergency, intent, victim

SURE = 0.45  # a directive's clause is the answer
SURE_CADRE = 0.35  # … to somebody who asks as a cadre
NAMED = 0.95  # the question names the directive, or an agency and its duty
PLAINLY = 0.6  # an article that is so probable is preferred to a duty that is less than named
LEANING = 12  # words of a question that may go on from the last one
ALONE = 0.6  # … unless its own answer is so probable
NEAR = 0.08  # a short question with an article so probable is not sure to be of something else
WHOLE = 0.9  # what has the words of a follow-up, with nothing before it, is a question if it is so probable
CHOICES = 4
REMEMBERED = 5_000  # answers kept in memory
LONGEST = 200  # characters of a question whose answer is kept
SCAMS = "scam-what"  # the article behind a look at a suspicious message


class Outcome(StrEnum):
    """How a question ends (DESIGN §3)."""

    ANSWER = "answer"
    CHOOSE = "choose"
    FLOW = "flow"
    EMERGENCY = "emergency"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a question was taken for. `on` is the day whose law was asked for; None: today's."""

    outcome: Outcome
    article: Article | None = None
    clauses: tuple[str, ...] = ()
    directive: str | None = None
    score: float = 0.0
    choices: tuple[Article, ...] = ()
    flow: str | None = None
    emergency: Emergency | None = None
    accused: bool = False
    tet: TetDay | None = None
    suspect: bool = False  # somebody asks what is wrong with a message
    flags: tuple[str, ...] | None = None  # what is; None: the message is not there yet
    on: date | None = None
    slots: Mapping[str, Value] = field(default_factory=dict)

    @property
    def topic(self) -> str | None:
        """The topic of the answer: the article's, "tet-calendar" for a computed day, or "directive"."""
        if self.article:
            return self.article.topic
        if self.tet:
            return "tet-calendar"
        return "directive" if self.directive else None


IN_ENGLISH = frozenset(
    {"subscribe", "unsubscribe"}
)  # the flows that have English words of their own


class Remembered:
    """The answers to whole questions asked before; never of danger or an accusation, never of whom."""

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[str, date, str | None], Answer] = OrderedDict()

    def find(self, text: str, today: date, audience: str | None) -> Answer | None:
        """The answer given to the same words on the same day."""
        answer = self._answers.get((text, today, audience))
        if answer:
            self._answers.move_to_end((text, today, audience))
        return answer

    def keep(self, text: str, today: date, audience: str | None, answer: Answer) -> None:
        """Remember an answer that stands by itself."""
        if answer.suspect:
            return
        if answer.outcome in (Outcome.ANSWER, Outcome.CHOOSE) and len(text) <= LONGEST:
            self._answers[text, today, audience] = answer
            if len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)


class Answerer:
    """Answers questions from one state of the knowledge; a change of the knowledge makes a new one."""

    def __init__(
        self,
        knowledge: Knowledge,
        learned: Learned | None = None,
        *,
        before: "Answerer | None" = None,
    ) -> None:
        """`learned`: what was learnt of these articles before; else it is looked up as shipped, or learnt now.

        `before`: answers from other knowledge; nothing is learnt then, new phrasings are guessed at.
        """
        self.knowledge = knowledge
        self.remembered = Remembered()
        articles = tuple(knowledge.articles.values())
        vietnamese, english = knowledge.searched(), in_language(articles, "en")
        self._search: Finder
        self._english: Finder | None
        if before:
            self._search = Guess(before._search, vietnamese)
            self._english = Guess(before._english, english) if before._english else None
        else:
            self._search = Search(vietnamese, learned)
            self._english = Search(english) if english else None
        self._directives = DirectiveSearch(knowledge.directives, knowledge.agencies)

    @property
    def learned(self) -> Learned:
        """What the search has learnt of the articles."""
        return self._search.learned

    def __call__(
        self,
        text: str,
        *,
        today: date,
        audience: str | None = None,
        subject: Subject | None = None,
    ) -> Answer:
        """The answer to a person's words; `subject` is what they asked about a moment ago."""
        return self.in_danger(text) or self.safely(
            text, today=today, audience=audience, subject=subject
        )

    def in_danger(self, text: str) -> Answer | None:
        """The answer to words that tell of danger now; None for all others."""
        asked = asked_about(text)  # what a pasted message tells of is no danger of its reader
        danger = emergency(asked.around if asked and asked.message else text)
        if danger is None:
            return None
        return Answer(outcome=Outcome.EMERGENCY, emergency=danger, score=1.0)

    def safely(
        self,
        text: str,
        *,
        today: date,
        audience: str | None = None,
        subject: Subject | None = None,
    ) -> Answer:
        """The same for words that were found not to tell of danger."""
        if suspicion := self.suspicion(text):
            return suspicion
        if self._english and is_english(text):
            if (flow := intent(text)) in IN_ENGLISH:
                return Answer(outcome=Outcome.FLOW, flow=flow, score=1.0)
            return self._found(self._english, text, read_slots(text, today), audience)
        if hurt := self.knowledge.articles.get(victim(text) or ""):
            return Answer(outcome=Outcome.ANSWER, article=hurt, score=1.0)
        if accusation(text):
            return Answer(outcome=Outcome.FLOW, flow="tip", accused=True, score=1.0)
        if day := tet_day(text, today):
            return Answer(outcome=Outcome.ANSWER, tet=day, score=1.0)
        slots = read_slots(text, today)
        if is_followup(text):
            if subject is None:
                alone = self._answer(text, slots, audience)
                return alone if alone.score >= WHOLE else Answer(outcome=Outcome.FALLBACK)
            text, slots = self._followed(text, slots, subject)
        elif flow := intent(text):
            return Answer(outcome=Outcome.FLOW, flow=flow, score=1.0)
        elif subject and len(text.split()) <= LEANING:
            return self._leaning(text, slots, audience, subject)
        return self._answer(text, slots, audience)

    def _leaning(self, text: str, slots: Slots, audience: str | None, subject: Subject) -> Answer:
        """The answer to a short question that may go on from the last one, unless it plainly stands by itself."""
        alone = self._answer(text, slots, audience)
        sure = alone.outcome is Outcome.ANSWER and alone.score >= ALONE
        other = alone.outcome is Outcome.FALLBACK and alone.score < NEAR and not points_back(text)
        if sure or other:
            return alone
        together = self._answer(*self._followed(text, slots, subject), audience)
        if together.outcome is Outcome.ANSWER and together.score > alone.score:
            return together
        same = next((each for each in alone.choices if each.topic == subject.topic), None)
        if same:
            return replace(alone, outcome=Outcome.ANSWER, article=same, choices=())
        return together if alone.outcome is Outcome.FALLBACK else alone

    def suspicion(self, text: str, *, awaited: bool = False) -> Answer | None:
        """A look at a message that somebody pastes, forwards or asks about; None where it is none.

        `awaited`: the message was asked for a moment ago, or was forwarded.
        """
        asked = asked_about(text)
        if asked and not asked.message:
            return self._suspect(None)
        if asked or looks_pasted(text, awaited=awaited):
            return self._suspect(red_flags(asked.message if asked else text))
        return None

    def _suspect(self, flags: tuple[str, ...] | None) -> Answer:
        article = self.knowledge.articles.get(SCAMS)
        return Answer(outcome=Outcome.ANSWER, article=article, suspect=True, flags=flags, score=1.0)

    def _answer(self, text: str, slots: Slots, audience: str | None) -> Answer:
        year = slots.on.year if slots.on else None
        duty = self._directives.find(text, year)
        found = self._found(self._search, text, slots, audience)
        if duty is None or duty.score < (SURE_CADRE if audience == "cadre" else SURE):
            return found
        plainly = found.article is not None and found.score >= PLAINLY
        return found if plainly and duty.score < NAMED else _of_directive(duty)

    def _found(self, search: Finder, text: str, slots: Slots, audience: str | None) -> Answer:
        found = search.find(text, slots, audience)
        decision = search.decide(found)
        kept = {"on": slots.on, "slots": slots.values()}
        best = next(iter(decision.hits), None)
        if best and WITHIN in best.article.id:  # there are no buttons for clauses
            return _of_clauses(found)
        if best and decision.outcome == "answer":
            return Answer(outcome=Outcome.ANSWER, article=best.article, score=best.score, **kept)  # type: ignore[arg-type]
        choices = tuple(h.article for h in decision.hits if WITHIN not in h.article.id)[:CHOICES]
        if choices:
            score = decision.hits[0].score
            return Answer(outcome=Outcome.CHOOSE, choices=choices, score=score, **kept)  # type: ignore[arg-type]
        score = found[0].score if found else 0.0
        return Answer(outcome=Outcome.FALLBACK, score=score)

    def _followed(self, text: str, slots: Slots, subject: Subject) -> tuple[str, Slots]:
        before = self.knowledge.articles.get(subject.article)
        if before is None:
            return text, slots
        text, slots = merge(text, slots, before, subject.slots)
        return text, slots if slots.on or not subject.on else replace(slots, on=subject.on)


def _of_clauses(found: Sequence[Hit]) -> Answer:
    """The answer of a directive's clauses, where one was found first; others that are near it beside it."""
    best = found[0]
    directive, _, _ = best.article.id.partition(WITHIN)
    near = [h.article.id for h in found if h.score >= KEEP * best.score and WITHIN in h.article.id]
    clauses = tuple(id.partition(WITHIN)[2] for id in near)[:MOST]
    return Answer(outcome=Outcome.ANSWER, directive=directive, clauses=clauses, score=best.score)


def _of_directive(hit: DirectiveHit) -> Answer:
    return Answer(
        outcome=Outcome.ANSWER,
        directive=hit.directive.id,
        clauses=tuple(clause.id for clause in hit.clauses),
        score=hit.score,
    )
