"""Puts a reply into words: the catalogue, an article of a day, a clause; the same for every channel."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from handlers.message import Button, Reply, Speech
from handlers.presses import Press, read_press
from handlers.suspicion import suspicion_words
from knowledge.agencies import became, gone
from knowledge.article import Article, Law, Version
from knowledge.directive import Clause, Directive, changes
from knowledge.load import Knowledge
from knowledge.texts import Texts

SOON = timedelta(days=90)  # a change that near is announced (DESIGN §4)
NUMBER = re.compile(r"(?<![\d.,/])(\d{3}|0\d{8,10}|1[89]00 ?\d{4,6})(?![\d.,/]\d|\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who runs this assistant, as citizens are told: empty where the configuration does not say."""

    address: str = ""  # the official address people can check
    duty: str = ""  # the duty officer's telephone
    controller: str = ""  # who answers for personal data
    public_url: str = ""


def compose(reply: Reply, knowledge: Knowledge, office: Office) -> Speech:
    """The words and buttons of a reply; an article or clause that is gone since says so."""
    article = knowledge.articles.get(str(reply.values.get("article", "")))
    if "en" in (reply.values.get("lang"), article.lang if article else None):
        knowledge = replace(knowledge, texts=knowledge.texts.in_language("en"))
    match reply.key:
        case "article":
            text = _article(reply, knowledge)
        case "clauses":
            text = _clauses(reply, knowledge)
        case "privacy":
            text = _paragraphs(*_own(reply, knowledge), *privacy_parts(knowledge, office))
        case "scam":
            text = suspicion_words(str(reply.values["flags"]).split(), knowledge.texts)
        case "emergency":
            text = _emergency(reply, knowledge)
        case key:
            text = _catalogue(key, reply, knowledge, office)
    buttons = tuple(button for p in reply.presses if (button := _button(p, knowledge, office)))
    return Speech(text, buttons, phones(text, knowledge, office), reply.fleeting)


def phones(text: str, knowledge: Knowledge, office: Office) -> tuple[str, ...]:
    """The numbers of a text that can be rung: our hotlines and the duty officer's, in order."""
    duty = (office.duty,) if office.duty and office.duty in text else ()
    rest = text.replace(office.duty, " ") if duty else text  # "0900 000 113" is no 113
    found = (number for number in NUMBER.findall(rest) if number in knowledge.hotlines)
    return tuple(dict.fromkeys((*found, *duty)))


def _own(reply: Reply, knowledge: Knowledge) -> Iterator[str]:
    """What is kept of the very person who asks, before what is kept of anybody."""
    if "places" in reply.values:
        yield knowledge.texts("privacy.subscribed", places=reply.values["places"])
    if "day" in reply.values:
        day, place = reply.values["day"], reply.values["place"]
        yield knowledge.texts("privacy.pledged", day=day, place=place)


def privacy_parts(knowledge: Knowledge, office: Office) -> tuple[str, ...]:
    """What is kept, why, how long, how to have it deleted (Luật 91/2025/QH15): for chat and page alike."""
    texts = knowledge.texts
    controller = office.controller or texts("privacy.who_unset")
    plain = ("machine", "kept", "questions", "not_kept", "platforms", "why", "rights")
    return (
        *(texts(f"privacy.{part}") for part in plain),
        texts("privacy.who", controller=controller),
    )


def cite(laws: Iterable[Law], texts: Texts) -> str:
    """Places in laws as people cite them: "Nghị định 282/2025/NĐ-CP, Điều 13 khoản 4 điểm đ; Điều 5"."""
    places: dict[str, list[str]] = {}
    for law in laws:
        names = (("article", law.article), ("clause", law.clause), ("point", law.point))
        place = " ".join(texts(f"cited.{name}", number=value) for name, value in names if value)
        places.setdefault(law.document, []).extend([place] if place else [])
    return "; ".join(
        ", ".join((_document(document, texts), *found)) for document, found in places.items()
    )


def _document(name: str, texts: Texts) -> str:
    """A law's name as it is called in the reader's language."""
    for kind, called in texts.table("document").items():
        if name.startswith(kind):
            return called + name.removeprefix(kind)
    return name


def show_day(day: date) -> str:
    """A date as Vietnamese write it: 15/12/2025."""
    return day.strftime("%d/%m/%Y")


def _emergency(reply: Reply, knowledge: Knowledge) -> str:
    """The number in the first line, then what to do until help comes."""
    texts = knowledge.texts
    call = texts("emergency.call", number=reply.values["number"])
    return _paragraphs(call, texts(f"emergency.{reply.values['kind']}"), texts("emergency.machine"))


def _article(reply: Reply, knowledge: Knowledge) -> str:
    texts = knowledge.texts
    article = knowledge.articles.get(str(reply.values["article"]))
    if article is None:
        return texts("ask.gone")
    today = date.fromisoformat(str(reply.values["today"]))
    asked = date.fromisoformat(str(reply.values["on"])) if reply.values.get("on") else None
    version = article.on(asked or today)
    if version is None:
        first = texts("ask.before", day=show_day(asked or today))
        return _paragraphs(first, _now(article, today, None, knowledge))
    if reply.values.get("part") == "more":
        title = f"**{article.title}**"
        notes = _became(version.text, today, knowledge)
        return _paragraphs(title, version.text, notes, _basis(version, knowledge))
    head = texts("ask.as_of", day=show_day(asked)) if asked else ""
    return _paragraphs(
        f"{head} {version.short}".strip(),
        _became(version.short, today, knowledge),
        _basis(version, knowledge),
        _now(article, today, version, knowledge) if asked else "",
        _soon(article, today, knowledge),
    )


def _now(article: Article, today: date, asked: Version | None, knowledge: Knowledge) -> str:
    """Beside the law of another day, today's, where it differs."""
    current = article.on(today)
    if current is None or current is asked:
        return ""
    now = knowledge.texts("ask.now", short=current.short)
    return f"{now} {_basis(current, knowledge)}"


def _became(text: str, today: date, knowledge: Knowledge) -> str:
    """What became of the agencies that a text names and that are no more, by the table of agencies."""
    found = (a for a in gone(text, knowledge.agencies.values()) if a.since <= today.isoformat())
    return "\n".join(dict.fromkeys(map(became, found)))


def _soon(article: Article, today: date, knowledge: Knowledge) -> str:
    """The next version, where it is near enough to be announced."""
    coming = article.after(today)
    if coming is None or coming.since - today > SOON:
        return ""
    return knowledge.texts("ask.soon", day=show_day(coming.since), short=coming.short)


def _basis(version: Version, knowledge: Knowledge) -> str:
    texts = knowledge.texts
    lines = [texts("ask.cite", law=cite(version.law, texts))] if version.law else []
    if version.source:  # advice: its day is not that of a law
        lines.append(texts("ask.source", source=version.source))
    else:
        lines.append(texts("ask.in_force", day=show_day(version.since)))
    if version.single_source:
        lines.append(texts("ask.single"))
    return " ".join(lines)


def _clauses(reply: Reply, knowledge: Knowledge) -> str:
    texts = knowledge.texts
    found = find_directive(str(reply.values["directive"]), knowledge)
    if found is None:
        return texts("ask.gone")
    wanted = str(reply.values["clauses"]).split()
    clauses = [clause for id in wanted for clause in found.clauses if clause.id == id]
    whole = reply.values.get("part") == "more"
    parts = [_clause(clause, knowledge, whole=whole) for clause in clauses]
    today = date.fromisoformat(str(reply.values["today"]))
    return _paragraphs(
        *(parts or [found.text if whole else found.short]),
        _directive_source(found, knowledge),
        texts("directive.past", tet=found.tet) if found.tet < today.year else "",
    )


def _clause(clause: Clause, knowledge: Knowledge, *, whole: bool) -> str:
    texts = knowledge.texts
    head = texts("directive.head", title=clause.title, place=show_place(clause.id, knowledge))
    names = [knowledge.agencies[key].name for key in clause.agencies]
    notes = [texts("directive.agencies", agencies="; ".join(names))] if names else []
    if clause.lead:
        notes.append(texts("directive.lead", agency=knowledge.agencies[clause.lead].name))
    if clause.answers:
        notes.append(texts("directive.answers", text=clause.answers))
    body = clause.text if whole else clause.short
    return "\n".join((head, body, *notes, *changes(clause, knowledge.agencies)))


def _directive_source(directive: Directive, knowledge: Knowledge) -> str:
    texts = knowledge.texts
    issued = (
        texts("directive.issued", day=show_day(directive.issued))
        if directive.issued
        else texts("directive.undated")
    )
    return texts("directive.source", title=directive.title, id=directive.id, issued=issued)


def show_place(clause: str, knowledge: Knowledge) -> str:
    """Where a clause stands: "9.3" → "mục 9, gạch đầu dòng 3"."""
    section, _, dash = clause.partition(".")
    if section == "closing":
        return knowledge.texts("directive.place_closing", dash=dash)
    key = "directive.place" if dash else "directive.place_whole"
    return knowledge.texts(key, section=section, dash=dash)


def find_directive(id: str, knowledge: Knowledge) -> Directive | None:
    return next((d for d in knowledge.directives if d.id == id), None)


def _catalogue(key: str, reply: Reply, knowledge: Knowledge, office: Office) -> str:
    values = dict(reply.values)
    texts = knowledge.texts
    if f"{key.partition('.')[0]}.duty" in texts:
        section = key.partition(".")[0]
        values["duty"] = texts(f"{section}.duty", phone=office.duty) if office.duty else ""
    if key == "start.greeting":
        values["card"] = card(knowledge, office)
    return texts(key, **values)


def card(knowledge: Knowledge, office: Office) -> str:
    """The trust card: where we are to be found, what we never ask, whom to ring back."""
    texts = knowledge.texts
    address = office.address or office.public_url or texts("start.address_unset")
    duty = texts("start.duty", phone=office.duty) if office.duty else ""
    return texts("start.card", address=address, duty=duty)


def _button(payload: str, knowledge: Knowledge, office: Office) -> Button | None:
    """The button of a payload; None where it has nothing to lead to (an article that is gone, no address)."""
    press = read_press(payload)
    label = press and _label(press, knowledge)
    if press is None or not label:
        return None
    match press.kind:
        case "call":
            return Button(label, url=f"tel:{press.target}")
        case "page":
            return (
                Button(label, url=f"{office.public_url}/{press.target}")
                if office.public_url
                else None
            )
        case _:
            return Button(label, payload)


def _label(press: Press, knowledge: Knowledge) -> str | None:
    texts = knowledge.texts
    match press.kind:
        case "a":
            article = knowledge.articles.get(press.target)
            return article.label if article else None
        case "c":
            place = show_place(press.target, knowledge)
            return place[0].upper() + place[1:]
        case "call":
            return texts("press.call", number=press.target)
        case "t":
            return texts(f"topic.{press.target}")
        case "g":
            return texts(f"group.{press.target}")
        case "f" | "page":
            return texts(f"press.{press.target}")
        case "s":
            return _step_label(press, knowledge)
        case kind:
            return texts(f"press.{kind}")


def _step_label(press: Press, knowledge: Knowledge) -> str | None:
    """A conversation's button: the area it names, else its own words (`step.tip.send`, `step.tip.police-no`)."""
    verb, _, argument = press.at.partition(".")
    if argument in knowledge.areas:
        return knowledge.areas[argument].name
    if press.target == "broadcast" and argument in knowledge.templates:
        return knowledge.templates[argument].name
    key = f"step.{press.target}.{verb}"
    keys = (f"{key}-{argument}", key)
    return next((knowledge.texts(each) for each in keys if each in knowledge.texts), None)


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
