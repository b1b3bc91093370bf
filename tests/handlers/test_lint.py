"""What an officer is told before a warning goes out; each rule beside a warning that keeps it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from handlers.lint import HERE, Proof, lint
from knowledge.article import Article
from knowledge.campaign import load_campaign
from knowledge.load import SHIPPED
from tests.shipped import ANSWERER, KNOWLEDGE

AT = datetime(2027, 1, 20, 8, 0, tzinfo=HERE)
GOOD = Proof(
    text="**Không đốt pháo nổ.** Đốt pháo bị phạt 20–40 triệu đồng. Chiều 18h30 ngày 22/1, xã thu pháo. Gọi 113.",
    sms="Khong dot phao no. Dot phao bi phat 20-40 trieu dong. 18h30 ngay 22/1 xa thu phao. Goi 113.",
    topic="fireworks",
    at=AT,
    phones=frozenset({"0263 3822 113"}),
    hosts=frozenset({"binhan.example.vn"}),
    zalo=True,
    others=(AT - timedelta(days=3),),
    contacts=(AT - timedelta(days=3),),
)


def about(sentence: str) -> Article | None:
    return ANSWERER.safely(sentence, today=AT.date()).article


def keys(proof: Proof) -> list[str]:
    return [finding.key.removeprefix("lint.") for finding in lint(proof, KNOWLEDGE, about)]


def said(proof: Proof) -> str:
    return "\n".join(finding.words(KNOWLEDGE.texts) for finding in lint(proof, KNOWLEDGE))


def test_a_good_warning_has_no_finding() -> None:
    assert keys(GOOD) == []


@pytest.mark.parametrize(
    ("bad", "key"),
    [
        (replace(GOOD, text=" ", sms=""), "empty"),
        (replace(GOOD, text=GOOD.text + " Ở {noi}."), "open_field"),
        (replace(GOOD, text=GOOD.text + " Bà con nhớ nhé." * 40), "long"),
        (replace(GOOD, text=GOOD.text + " Bà con nhớ nhé." * 140), "too_long"),
        (replace(GOOD, text="Bà con " * 26 + "nhớ."), "readable"),
        (replace(GOOD, sms=""), "no_sms"),
        (replace(GOOD, sms=GOOD.sms + " Xã"), "sms_marks"),
        (replace(GOOD, sms=GOOD.sms + " Nho nhe ba con." * 6), "sms_long"),
        # the same figures in every form
        (replace(GOOD, sms=GOOD.sms.replace("18h30", "18h")), "differs"),
        (replace(GOOD, sms=GOOD.sms.replace("22/1", "21/1")), "differs"),
        (replace(GOOD, sms=GOOD.sms.replace("20-40", "20-50")), "differs"),
        (replace(GOOD, sms=GOOD.sms + " Goi 114."), "only_sms"),
        (replace(GOOD, sms=GOOD.sms.replace("18h30 ngay", "ngay")), "not_in_sms"),
        (replace(GOOD, text=GOOD.text + " Lô 12/34/56."), "aloud"),
        # whom to ring
        (replace(GOOD, text=GOOD.text + " Gọi 0987 654 321."), "phone"),
        (replace(GOOD, topic="fire", text="Có cháy gọi 115.", sms="Co chay goi 115."), "phone_missing"),
        (replace(GOOD, at=AT.replace(year=2025), text="Lũ gọi 112.", sms="Lu goi 112."), "phone"),
        # figures of law
        (replace(GOOD, text=GOOD.text.replace("20–40", "5–10"), sms=""), "law_ended"),
        (replace(GOOD, text=GOOD.text.replace("20–40", "30–70"), sms=""), "law_unknown"),
        (replace(GOOD, text=GOOD.text.replace("20–40", "2–5"), sms=""), "law_other"),  # of another offence
        (replace(GOOD, topic="gambling", text="Đốt pháo bị phạt 3–7 triệu đồng.", sms=""), "law_unknown"),
        (replace(GOOD, topic="traffic", text="Nồng độ cồn đến 0,7 mg/l bị phạt.", sms=""), "law_unknown"),
        # what scammers do
        (replace(GOOD, text=GOOD.text + " Xem bit.ly/abc"), "shortener"),
        (replace(GOOD, text=GOOD.text + " Xem https://tin-hay.com/a"), "link"),
        (replace(GOOD, text=GOOD.text + " Tìm người số 001234567890 nhé."), "identity"),
        # when
        (replace(GOOD, at=AT.replace(hour=22)), "quiet"),
        (replace(GOOD, at=AT.replace(hour=5)), "quiet"),
        (replace(GOOD, others=(AT - timedelta(days=1), AT + timedelta(days=2))), "often"),
        (replace(GOOD, contacts=(AT - timedelta(days=7, minutes=1),)), "silence"),
        (replace(GOOD, contacts=(*GOOD.contacts, AT + timedelta(days=7))), "silence_after"),
    ],
)  # fmt: skip
def test_each_fault_is_found(bad: Proof, key: str) -> None:
    assert key in keys(bad)


@pytest.mark.parametrize(
    "good",
    [
        replace(GOOD, text=GOOD.text + " Trực ban 02633822113."),  # the area's own number
        replace(GOOD, text=GOOD.text + " Xem https://binhan.example.vn/quyen-rieng-tu"),  # our own page
        replace(GOOD, at=AT.replace(hour=2), urgent=True),  # danger knows no quiet hours
        replace(GOOD, urgent=True, others=(AT, AT, AT)),  # … and no count
        replace(GOOD, at=AT.replace(hour=21, minute=59)),
        replace(GOOD, others=(AT - timedelta(days=7), AT - timedelta(days=3))),  # two in any seven days
        replace(GOOD, contacts=(AT - timedelta(days=6), AT + timedelta(days=6))),
        replace(GOOD, contacts=(AT - timedelta(days=30), AT + timedelta(days=30)), zalo=False),  # nobody on Zalo
        replace(GOOD, others=(), contacts=()),  # the first of all
        replace(GOOD, topic="scams", text="Kẻ lừa đòi 5 triệu đồng. Cúp máy.", sms=""),  # no figure of law
        replace(GOOD, at=datetime(2024, 2, 1, 8, tzinfo=HERE), others=(), contacts=(),
                text=GOOD.text.replace("20–40", "5–10"), sms=GOOD.sms.replace("20-40", "5-10")),  # the law of that Tết
    ],
)  # fmt: skip
def test_what_is_right_is_left_alone(good: Proof) -> None:
    assert set(keys(good)) <= {"no_sms"}


def test_a_finding_says_what_is_wrong_and_what_to_do() -> None:
    told = said(replace(GOOD, sms=GOOD.sms.replace("18h30", "19h")))

    assert told == "SMS nói 19:00, nhưng nội dung nói 18:30. Hãy sửa cho giống nhau."


def test_what_stops_comes_first() -> None:
    found = lint(replace(GOOD, sms="", text=GOOD.text + " bit.ly/x Gọi 0987654321."), KNOWLEDGE)

    assert [finding.stops for finding in found] == sorted(
        (finding.stops for finding in found), reverse=True
    )


def test_each_shipped_warning_of_the_campaign_passes() -> None:
    for planned in load_campaign(SHIPPED / "campaigns" / "tet.toml").plan(2027):
        each = planned.warning
        proof = Proof(
            text=each.text, sms=each.sms, topic=each.topic, urgent=each.urgent, at=planned.at
        )
        assert [f.key for f in lint(proof, KNOWLEDGE) if f.stops] == [], each.id
