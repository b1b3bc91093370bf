"""What a change of the knowledge changes for people: the same questions, answered before and after."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from handlers.answer import Answer, Answerer, Outcome
from knowledge.article import Article, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A question whose answer is another one now; `before` and `after` name what answers."""

    question: str
    before: str
    after: str


def changes(
    before: Answerer, after: Answerer, questions: Iterable[str], today: date
) -> Iterator[Change]:
    """The questions that are answered by something else, or by the same article in other words."""
    for question in questions:
        was, now = before(question, today=today), after(question, today=today)
        if named(was) != named(now):
            yield Change(question=question, before=named(was), after=named(now))
        elif said(was, today) != said(now, today):
            yield Change(question=question, before=named(was), after=f"{named(now)} (lời khác)")


def named(answer: Answer) -> str:
    """What answers: an article's id, a directive's clauses, a choice, a flow, a number to ring, or nothing."""
    match answer.outcome:
        case Outcome.ANSWER if answer.article:
            return answer.article.id
        case Outcome.ANSWER if answer.tet:
            return f"tet.{answer.tet.asked}"
        case Outcome.ANSWER:
            return f"{answer.directive} {', '.join(answer.clauses)}".strip()
        case Outcome.CHOOSE:
            return " | ".join(sorted(article.id for article in answer.choices))
        case Outcome.FLOW:
            return f"/{answer.flow}"
        case Outcome.EMERGENCY if answer.emergency:
            return answer.emergency.number
        case _:
            return "—"


def said(answer: Answer, today: date) -> tuple[str, str] | None:
    """The words of an article's answer."""
    version = answer.article.on(answer.on or today) if answer.article else None
    return (version.short, version.text) if version else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An article that differs; `what` says how, in words for the second reader."""

    id: str
    what: str


def edits(before: Iterable[Article], after: Iterable[Article]) -> Iterator[Edit]:
    """What was added, taken away, or written anew."""
    old, new = ({article.id: article for article in each} for each in (before, after))
    for id in sorted(old.keys() | new.keys()):
        if id not in old:
            yield Edit(id=id, what=f"bài mới: {new[id].title}")
        elif id not in new:
            yield Edit(id=id, what=f"bỏ bài: {old[id].title}")
        elif parts := list(_differing(old[id], new[id])):
            yield Edit(id=id, what="; ".join(parts))


def _differing(old: Article, new: Article) -> Iterator[str]:
    if old.title != new.title:
        yield f"tên bài «{old.title}» → «{new.title}»"
    if lines := set(new.ask) - set(old.ask):
        yield f"thêm {len(lines)} cách hỏi"
    if lines := set(old.ask) - set(new.ask):
        yield f"bớt {len(lines)} cách hỏi"
    then, now = ({version.since: version for version in each.versions} for each in (old, new))
    for since in sorted(then.keys() | now.keys()):
        yield from _of_version(then.get(since), now.get(since))


def _of_version(old: Version | None, new: Version | None) -> Iterator[str]:
    if old is None or new is None:
        version = new or old
        verb = "thêm" if new else "bỏ"
        yield f"{verb} phiên bản từ {version.since:%d/%m/%Y}" if version else ""
    elif old.short != new.short:
        yield f"câu trả lời «{old.short}» → «{new.short}»"
    elif (old.text, old.law, old.until) != (new.text, new.law, new.until):
        yield f"sửa nội dung phiên bản từ {new.since:%d/%m/%Y}"
