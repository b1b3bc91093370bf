"""`binhan campaign preview`: the dates of a season's warnings, as a table or for a phone's calendar."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from bot.commands.options import config_option, day
from bot.config import read_config
from handlers.subscribe import CHOOSABLE, EVERY
from knowledge.calendar import tet
from knowledge.campaign import (
    CHOSEN,
    MOST_A_WEEK,
    TOPICS,
    Planned,
    heard,
    load_campaign,
    silences,
    spared,
)
from knowledge.load import SHIPPED
from knowledge.tet_days import WEEKDAYS, YEARS

LASTS = timedelta(minutes=15)  # of an entry in a calendar
LINE = 73  # letters of a line in an .ics file (RFC 5545 §3.1: 75 bytes)


@click.group(short_help="Chiến dịch cảnh báo dịp Tết.")
def campaign() -> None:
    """Xem trước chiến dịch cảnh báo."""


@campaign.command("preview", epilog="Ví dụ: binhan campaign preview --year 2027 --ics tet-2027.ics")
@click.option("--year", type=click.IntRange(YEARS.start, YEARS.stop - 1), help="Năm của Tết.")
@click.option(
    "--ics", type=click.Path(dir_okay=False, path_type=Path), help="Ghi tệp lịch cho điện thoại."
)
@click.option(
    "--topics", help=f"Chỉ những gì một người nhận các chủ đề này sẽ nhận: {', '.join(TOPICS)}."
)
@config_option
def preview(
    year: int | None, ics: Path | None, topics: str | None, config_path: Path | None
) -> int:
    """In ngày giờ từng cảnh báo quanh Tết một năm, và ai nhận gì: mỗi người nhiều nhất 2 tin thường
    trong 7 ngày bất kỳ. Thoát 1 nếu người nhận mọi chủ đề mất tin vì mức đó, hay có lúc lặng quá 6 ngày.
    """
    folder = read_config(config_path).knowledge_folder / "campaigns"
    path = (folder if folder.is_dir() else SHIPPED / "campaigns") / "tet.toml"
    today = day(None)
    year = year or (today.year if today <= tet(today.year) else today.year + 1)
    found = load_campaign(path)
    whole = found.plan(year)
    plan = heard(whole, _topics(topics)) if topics else whole
    click.echo(f"{found.name} {year}: {len(plan)} lượt, mùng 1 là {tet(year):%d/%m/%Y}.")
    for each in plan:
        click.echo(line(each))
    if topics:
        for each in spared(whole, _topics(topics)):
            click.echo(f"Không gửi, vì đã đủ {MOST_A_WEEK} tin trong 7 ngày: {line(each).strip()}")
    else:
        for text in audiences(whole):
            click.echo(text)
    gaps = list(silences(heard(whole, (EVERY,))))
    for one, other in gaps:
        click.echo(f"Lặng quá 6 ngày: {one.at:%d/%m} → {other.at:%d/%m}.")
    if ics:
        ics.write_text("".join(calendar(found.id, plan)), "utf-8", newline="")
        click.echo(f"Đã ghi {ics}: mở tệp này trên điện thoại để thêm vào lịch.")
    return int(bool(gaps or spared(whole, (EVERY,))))


def audiences(plan: Sequence[Planned]) -> Iterator[str]:
    """What who takes everything gets, and who chose one topic: how many, and how many would be too many."""
    yield f"Ai nhận gì (mỗi người nhiều nhất {MOST_A_WEEK} tin thường trong 7 ngày, tin khẩn không tính):"
    for topic in (EVERY, *CHOOSABLE):
        got, over = heard(plan, (topic,)), spared(plan, (topic,))
        urgent = sum(each.warning.urgent for each in got)
        too_many = f", {len(over)} tin không gửi vì quá mức" if over else ""
        yield f"  {topic:10} {len(got):2} tin, {urgent} tin khẩn{too_many}"
    yield "  nhiều chủ đề: xem --topics, ví dụ --topics scams,fire"


def _topics(typed: str) -> tuple[str, ...]:
    found = tuple(word.strip() for word in typed.split(",") if word.strip())
    if strange := [word for word in found if word not in TOPICS]:
        raise click.UsageError(
            f"--topics: không có {', '.join(strange)}; chọn: {', '.join(TOPICS)}"
        )
    return found


def line(each: Planned) -> str:
    """One warning as officers read it."""
    weekday = WEEKDAYS[each.at.weekday()]
    mark = "KHẨN" if each.warning.urgent else ""
    whom = "ai chọn" if each.warning.audience == CHOSEN else "mọi người"
    return f"  {each.at:%d/%m/%Y %H:%M} {weekday:8} {each.warning.topic:10} {whom:9} {mark:5} {each.warning.id}"


def calendar(id: str, plan: Sequence[Planned]) -> Iterator[str]:
    """The lines of an iCalendar file (RFC 5545)."""
    yield from _folded("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Binh An//binhan//VI")
    for each in plan:
        summary = each.warning.text.replace("**", "").splitlines()[0]
        yield from _folded(
            "BEGIN:VEVENT",
            f"UID:{id}-{each.warning.id}-{each.at:%Y%m%d}@binhan",
            f"DTSTAMP:{_utc(each.at)}",
            f"DTSTART:{_utc(each.at)}",
            f"DTEND:{_utc(each.at + LASTS)}",
            f"SUMMARY:{_escaped(summary)}",
            f"DESCRIPTION:{_escaped(each.warning.text.replace('**', ''))}",
            "END:VEVENT",
        )
    yield from _folded("END:VCALENDAR")


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text


def _folded(*lines: str) -> Iterator[str]:
    """Lines of at most 75 bytes, a longer one goes on behind a space."""
    for whole in lines:
        part = ""
        for letter in whole:
            if len((part + letter).encode()) > LINE:
                yield f"{part}\r\n"
                part = " "
            part += letter
        yield f"{part}\r\n"
