"""How well questions with known answers are answered: `kb eval`, and the floor that the tests hold.

A line of the file: {"id", "q", "expect", "tags"?, "after"?: the question asked just before, "date"?}.
`expect` holds one of: `topics` (any of them, answered or offered), `clauses_any` (the best first),
`number` (an emergency's, any of them), `flow`, `not_outcome`, `not_flow`, `outcome` ("answer|choose").
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from handlers.answer import Answer, Answerer, Outcome
from handlers.compare import named
from handlers.message import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question and what is expected of the answer."""

    id: str
    q: str
    expect: Mapping[str, Any]
    after: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """What it is counted under."""
        for kind, key in KINDS.items():
            if key in self.expect:
                return "follow-up" if self.after and kind == "in scope" else kind
        return "outcome"


KINDS = {
    "in scope": "topics",
    "clauses": "clauses_any",
    "emergency": "number",
    "look-alike": "not_outcome",
    "flow": "flow",
    "no flow": "not_flow",
    "scam": "flags",
    "out of scope": "outcome",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one was answered; `offered` where the right one was answered or among the choices."""

    question: Question
    answer: str
    right: bool
    offered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The counts of a group."""

    group: str
    count: int
    right: int
    offered: int

    @property
    def share(self) -> float:
        return self.right / self.count if self.count else 0.0


def read_questions(path: Path) -> list[Question]:
    """The questions of a file; ValueError with the line where one can't be read."""
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            found.append(
                Question(
                    id=str(raw["id"]),
                    q=str(raw["q"]),
                    expect=dict(raw["expect"]),
                    after=raw.get("after"),
                    tags=tuple(raw.get("tags", ())),
                )
            )
        except (ValueError, KeyError, TypeError):
            remedy = 'cần dạng {"id": "…", "q": "…", "expect": {"topics": ["…"]}}'
            raise ValueError(f"dòng {number}: {remedy}") from None
    return found


def evaluate(answerer: Answerer, questions: Iterable[Question], today: date) -> Iterator[Verdict]:
    """Ask each, and judge."""
    for question in questions:
        subject = _subject(answerer, question.after, today) if question.after else None
        answer = answerer(question.q, today=today, subject=subject)
        right, offered = judged(answer, question.expect)
        yield Verdict(question=question, answer=named(answer), right=right, offered=offered)


def judged(answer: Answer, expect: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether an answer is right; whether the right one was at least offered."""
    outcome, flow = answer.outcome.value, answer.flow
    if "topics" in expect:
        right = outcome == "answer" and answer.topic in expect["topics"]
        among = any(article.topic in expect["topics"] for article in answer.choices)
        return right, right or (outcome == "choose" and among)
    if "clauses_any" in expect:
        found = bool(set(answer.clauses) & set(expect["clauses_any"]))
    elif "number" in expect:
        found = outcome == "emergency"
    elif "not_outcome" in expect:
        found = outcome != expect["not_outcome"]
    elif "not_flow" in expect:
        found = flow != expect["not_flow"]
    elif "flow" in expect:
        found = flow == expect["flow"]
    elif "flags" in expect:
        found = bool(expect["flags"]) == (answer.topic == "scam-what")
    else:
        found = outcome in str(expect.get("outcome", "")).split("|")
    return found, found


def tallies(verdicts: Iterable[Verdict]) -> list[Tally]:
    """The counts by group, in the order of KINDS."""
    count: Counter[str] = Counter()
    right: Counter[str] = Counter()
    offered: Counter[str] = Counter()
    for verdict in verdicts:
        group = verdict.question.group
        count[group] += 1
        right[group] += verdict.right
        offered[group] += verdict.offered
    return [Tally(group=g, count=count[g], right=right[g], offered=offered[g]) for g in count]


def confusions(verdicts: Iterable[Verdict]) -> list[tuple[str, str, int]]:
    """What was expected, what answered, how often; the most frequent first."""
    wrong = Counter(
        (_wanted(verdict.question.expect), verdict.answer)
        for verdict in verdicts
        if not verdict.right
    )
    return [(wanted, got, count) for (wanted, got), count in wrong.most_common()]


def _wanted(expect: Mapping[str, Any]) -> str:
    key, value = next(iter(expect.items()))
    first = value[0] if isinstance(value, list) else value
    return f"{key}={first}"


def _subject(answerer: Answerer, before: str, today: date) -> Subject | None:
    """What a chat remembers after the question before."""
    answer = answerer(before, today=today)
    about = answer.article or (answer.choices[0] if answer.choices else None)
    if about is None or answer.outcome not in (Outcome.ANSWER, Outcome.CHOOSE):
        return None
    return Subject(article=about.id, topic=about.topic, slots=answer.slots, on=answer.on)
