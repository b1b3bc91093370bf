"""What kind of message it is: danger, an accusation, a wish, a greeting, a piece; and what may be kept of it."""

import json
import time
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.triage import (
    accusation,
    courtesy,
    emergency,
    fragment,
    intent,
    keepable,
    mask,
)
from knowledge.triage.danger import TELLING
from knowledge.triage.phrases import Said, indexed
from knowledge.triage.words import NAMES, phrases, table
from knowledge.vietnamese import clean

ROOT = Path(__file__).parents[2]
TALKS_TO_NO_END = (
    0.1  # seconds one message may take at worst, on a machine that does other things too
)


@dataclass(frozen=True, slots=True)
class Case:
    q: str
    group: str
    expect: dict[str, Any]


def cases() -> list[Case]:
    lines = (ROOT / "tests" / "eval" / "triage.jsonl").read_text("utf-8").splitlines()
    rows = map(json.loads, lines)
    return [Case(row["q"], row["group"], row["expect"]) for row in rows]


CASES = cases()
EVERY: tuple[Callable[[str], object], ...] = (
    emergency,
    accusation,
    intent,
    courtesy,
    fragment,
    keepable,
    mask,
)


def of(*groups: str) -> list[Case]:
    return [case for case in CASES if case.group in groups]


def wrong(cases: Iterable[Case], key: str, answer: Callable[[str], object]) -> list[str]:
    return [case.q for case in cases if key in case.expect and answer(case.q) != case.expect[key]]


def test_the_evaluation_is_large_enough() -> None:
    least = {
        "emergency": 140,
        "talk": 140,
        "accusation": 80,
        "question": 120,
        "intent": 80,
        "nointent": 60,
        "courtesy": 60,
    }

    sizes = {group: len(of(group)) for group in least}

    assert all(sizes[group] >= number for group, number in least.items()), sizes
    assert len(of("fragment", "whole")) >= 60


def test_every_emergency_is_heard() -> None:
    missed = [case.q for case in of("emergency") if emergency(case.q) is None]

    assert missed == []


def test_an_emergency_names_the_right_number() -> None:
    numbered = [case for case in of("emergency") if "number" in case.expect]

    other = [
        case.q
        for case in numbered
        if (found := emergency(case.q)) and found.number != case.expect["number"]
    ]

    assert len(other) <= 0.05 * len(numbered), other


def test_talk_about_danger_is_no_emergency() -> None:
    talk = of("talk")

    false = [case.q for case in talk if emergency(case.q)]

    assert len(false) <= 0.04 * len(talk), false


@pytest.mark.parametrize(
    ("fast", "burning"),
    [
        ("xm chay 65 duong 50", "xm chay 2 nguoi bi bong"),
        ("xe con chay 82 trong pho phat sao", "xe con chay trong pho keu nguoi cuu"),
        ("help me write an email", "help me he has a knife"),
    ],
)
def test_a_speed_is_no_fire_and_help_with_a_letter_no_cry(fast: str, burning: str) -> None:
    assert emergency(fast) is None
    assert emergency(burning) is not None


def test_ordinary_messages_are_no_emergency() -> None:
    ordinary = of("question", "intent", "whole", "fragment", "accusation", "nointent", "courtesy")

    false = [case.q for case in ordinary if emergency(case.q)]

    assert len(false) <= 0.01 * len(ordinary), false


def test_accusations_are_seen() -> None:
    told = of("accusation")

    missed = [case.q for case in told if not accusation(case.q)]

    assert len(missed) <= 0.05 * len(told), missed


def test_questions_accuse_nobody() -> None:
    asked = of("question", "talk", "nointent", "whole")

    false = [case.q for case in asked if accusation(case.q)]

    assert len(false) <= 0.03 * len(asked), false


def test_intents_are_understood() -> None:
    wished = of("intent")

    missed = wrong(wished, "intent", intent)

    assert len(missed) <= 0.05 * len(wished), missed


def test_questions_about_the_flows_open_none() -> None:
    asked = of("nointent", "question", "talk")

    false = wrong(asked, "intent", intent)

    assert len(false) <= 0.02 * len(asked), false


@pytest.mark.parametrize(
    ("key", "answer", "share"),
    [("courtesy", courtesy, 0.03), ("fragment", fragment, 0.05)],
)
def test_manner_is_told(key: str, answer: Callable[[str], object], share: float) -> None:
    asked = [case for case in CASES if key in case.expect]

    false = wrong(asked, key, answer)

    assert len(false) <= share * len(asked), false


def test_a_question_that_tells_of_somebody_is_not_kept() -> None:
    telling = [case for case in CASES if case.expect.get("keepable") is False]

    assert wrong(telling, "keepable", keepable) == []


def test_most_plain_questions_of_rule_may_be_kept() -> None:
    plain = [case for case in CASES if case.expect.get("keepable") is True]

    lost = wrong(plain, "keepable", keepable)

    assert len(lost) <= 0.2 * len(plain), lost


def test_nothing_that_waits_for_its_rest_is_urgent() -> None:
    held = [case.q for case in of("emergency", "accusation") if fragment(case.q)]

    assert held == []


@pytest.mark.parametrize("case", of("emergency", "accusation"), ids=lambda case: case.q)
def test_what_tells_of_people_is_never_kept(case: Case) -> None:
    assert not keepable(case.q)


@pytest.mark.parametrize(
    ("typed", "number", "kind"),
    [
        ("chay nha roi cuu voi", "114", "fire"),  # without marks
        ("ga xi mui khet qua", "114", "gas"),
        ("có người cầm dao đuổi", "113", "fight"),
        ("em muốn chết", "115", "suicide"),
        ("có người trên sân thượng đòi nhảy lầu", "113", "suicide"),  # a danger to reach first
        ("be bi duoi nuoc", "114", "drowning"),
        ("ông hàng xóm đang đánh con nhỏ khóc thét", "113", "child"),  # violence now
        ("có bé bị bố mẹ bỏ đói mấy ngày", "111", "child"),  # neglect
        ("bạn em bị bán qua Campuchia", "111", "kidnap"),  # trafficking
        ("lũ quét về rồi nhà em ngập tới mái", "112", "disaster"),
        ("cứu", "113", "other"),  # a cry that says nothing
    ],
)
def test_whom_to_call_depends_on_the_danger(typed: str, number: str, kind: str) -> None:
    found = emergency(typed)

    assert found is not None
    assert (found.number, found.kind) == (number, kind)


@pytest.mark.parametrize(
    ("now", "talk"),
    [
        ("đang đánh nhau gọi số mấy", "đánh nhau gọi số mấy"),
        ("nhà em đang cháy", "năm ngoái nhà em bị cháy"),
        ("bị giật túi vừa xong", "bị giật túi tuần trước"),
        ("em muốn chết", "đói muốn chết"),
        ("cháy nhà", "nếu cháy nhà thì làm gì"),
        ("chay nha", "chạy xe"),  # marks that were typed are kept
        ("chồng đang đánh em", "chồng đánh vợ phạt bao nhiêu tiền"),
    ],
)
def test_one_word_parts_danger_from_talk(now: str, talk: str) -> None:
    assert emergency(now)
    assert emergency(talk) is None


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("hàng xóm nhà em đang đốt pháo, phạt bao nhiêu", "hàng xóm đốt pháo thì phạt bao nhiêu"),
        ("tôi vừa mua 10kg pháo nổ thì phải làm sao", "tôi muốn mua pháo hoa"),
        ("nhà bên cạnh bán pháo lậu", "bán pháo lậu phạt bao nhiêu"),
        ("người nhà làm pháo có bị tội không", "làm pháo có bị tội không"),
        ("chú em ở ấp 3 làm pháo", "chú ơi cho em hỏi làm pháo phạt sao"),
        ("chồng tôi đánh bạc", "chồng tôi uống rượu lái xe phạt bao nhiêu"),
        ("thằng Tuấn xóm 5 bán ma túy", "bán ma túy tội gì"),
        ("nhà em còn giữ 5kg pháo nổ", "nhà em giữ khẩu súng cũ muốn giao nộp"),
    ],
)
def test_a_told_fact_accuses_and_a_question_of_rule_does_not(told: str, asked: str) -> None:
    assert accusation(told)
    assert not accusation(asked)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("gọi 0912 345 678 hoặc +84 912.345.678", "gọi […] hoặc […]"),
        ("cccd 001099012345 và cmnd 123456789", "cccd […] và cmnd […]"),
        ("xe 29A-123.45 và 59X1 12345", "xe […] và […]"),
        ("ông Nguyễn Văn A, thằng tuấn, anh Nam", "ông […], thằng […], anh […]"),
        ("số nhà 12/3 đường Lê Lợi phường Tân Bình", "số nhà […] đường […] phường […]"),
        ("thư a.b@c.vn @nick http://x.y/z zalo.me/123", "thư […]"),
        ("ở thôn 4 xã Bình Minh", "ở thôn […] xã […]"),
        ("stk 0123 4567 8910", "stk […]"),
    ],
)
def test_what_names_somebody_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "phạt 5.000.000 đồng và 10.000.000đ",
        "Nghị định 168/2024/NĐ-CP và điều 11",
        "pháo hoa Z121 ở Tết",
        "0,3 mg/l năm 2024 phạt 6-8 triệu",
    ],
)
def test_sums_laws_and_measures_are_not_masked(text: str) -> None:
    assert mask(text) == text


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    for answer in EVERY:
        answer(text)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([case.q for case in CASES] + ["~", "!!", "\ud800", "\0"]), max_size=4)
)
def test_no_mixture_of_messages_is_too_strange(pieces: list[str]) -> None:
    for answer in EVERY:
        answer(" ".join(pieces))


@pytest.mark.parametrize(
    "text",
    [
        "đang " * 800,
        "cháy nhà " * 450,
        "em bị " * 700,
        "1" * 4000,
        "0 " * 2000,
        "a." * 2000,
        "A" * 4000,
        "qwrtpz " * 600,
        "ông Nam " * 500,
        "-" * 4000,
    ],
    ids=lambda text: text[:8],
)
def test_no_text_takes_long(text: str) -> None:
    emergency("cháy")
    for answer in EVERY:
        answer(text)  # makes its phrases ready

    started = time.perf_counter()
    for answer in EVERY:
        answer(text)
    taken = time.perf_counter() - started

    assert taken <= len(EVERY) * TALKS_TO_NO_END


def test_every_danger_has_advice_and_a_number() -> None:
    texts = tomllib.loads((ROOT / "knowledge" / "texts.vi.toml").read_text("utf-8"))

    dangers = [*table("triage_emergency")["danger"], table("triage_emergency")["alone"]]

    assert {danger["kind"] for danger in dangers} <= texts["emergency"].keys()
    assert {danger["number"] for danger in dangers} <= {"111", "112", "113", "114", "115"}


def test_every_phrase_of_the_files_can_be_looked_for() -> None:
    for name in NAMES:
        for key, value in table(name).items():
            if isinstance(value, dict) and "phrases" in value:
                found = phrases(name, key)
                every = {p for them in found.by_word.values() for p in them}
                assert every, (name, key)
                for phrase in every:
                    found.found(Said.of(["cháy"]))
                    assert phrase.label == key


def test_phrases_are_spelt_as_clean_text_is() -> None:
    words = {
        word
        for key in TELLING
        for phrase in table("triage_emergency")[key]["phrases"]
        for word in phrase.replace("|", " ").replace("(", " ").replace(")", " ").split()
        if word.isalpha()
    }

    misplaced = [word for word in words if len(word) > 3 and _tone_elsewhere(word)]

    assert misplaced == []


def _tone_elsewhere(word: str) -> bool:
    spelt = clean(word)
    return spelt != word and len(spelt) == len(word)


@pytest.mark.parametrize(
    ("phrase", "found", "missed"),
    [
        (
            "đang * cháy",
            "nhà đang bốc lửa cháy",
            "đang một hai ba bốn cháy",
        ),  # a gap of three words
        ("(nhà|phòng trọ) cháy", "phòng trọ cháy", "trọ cháy"),
        ("bị (công an)? phạt", "bị phạt", "bị ai phạt"),
        ("cháy !(máu)", "cháy nhà", "cháy máu"),
        ("^ cứu $", "cứu ạ", "cứu người"),
        ("# kg", "10 kg", "mười kg"),
        ("{mine} chạy", "em chạy", "em cháy"),  # typed marks are never overridden
        ("ngã xe", "ngả xe", "nga2 xe"),  # hỏi for ngã
    ],
)
def test_a_phrase_is_found_as_it_is_written(phrase: str, found: str, missed: str) -> None:
    phrases = indexed({"it": [phrase]}, {"mine": ["em"]})

    assert phrases.found(Said.of(found.split()))
    assert not phrases.found(Said.of(missed.split()))


def test_a_strict_phrase_meets_no_bare_word_in_a_text_with_marks() -> None:
    strict = indexed({"it": ["dạo trước"]}, {}, strict=True)

    assert not strict.found(Said.of(["cầm", "dao", "trước", "cổng", "trường"]))
    assert strict.found(Said.of(["cam", "gi", "dao", "truoc"]))


def test_an_open_bracket_is_a_fault() -> None:
    with pytest.raises(ValueError, match="cháy"):
        indexed({"it": ["(cháy"]}, {})
