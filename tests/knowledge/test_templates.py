"""Each template makes a warning that fits, reads well, and lets only the law state figures of law."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge.faults import KnowledgeError
from knowledge.load import load_knowledge
from knowledge.template_check import template_faults
from knowledge.templates import Template, load_templates
from tests.shipped import KNOWLEDGE

TODAY = date(2026, 11, 25)
SUBJECTS = {
    "fireworks",
    "traffic",
    "fire",
    "scams",
    "theft",
    "gambling",
    "fake-news",
}
GOOD = KNOWLEDGE.templates["phao-no"]


def faults(template: Template) -> list[str]:
    return list(template_faults(template, KNOWLEDGE.articles, KNOWLEDGE.hotlines, TODAY))


def test_the_directives_subjects_each_have_one() -> None:
    assert {each.topic for each in KNOWLEDGE.templates.values()} >= SUBJECTS
    urgent = {each.id for each in KNOWLEDGE.templates.values() if each.urgent}
    assert urgent == {"khan-chay", "khan-lu", "khan-doi-tuong", "khan-vat-no", "khan-tim-tre"}


@pytest.mark.parametrize("id", KNOWLEDGE.templates)
def test_each_shipped_template_is_without_fault(id: str) -> None:
    assert faults(KNOWLEDGE.templates[id]) == []


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        (replace(GOOD, text=GOOD.text + " {la}"), "chưa có"),
        (replace(GOOD, text="{xa"), "không khớp"),
        (replace(GOOD, topic="kites"), "topic là một trong"),
        (replace(GOOD, law=""), "đi cùng nhau"),
        (replace(GOOD, law="gone"), "không có hoặc hôm nay"),
        (replace(GOOD, text=GOOD.text + " Phạt 5 triệu đồng."), "mức của luật chỉ được lấy"),
        (replace(GOOD, text=GOOD.text + " Gọi 0987 654 321."), "không có trong hotlines"),
        (replace(GOOD, sms=GOOD.sms + " Goi 111."), "mà text không nói"),
        (replace(GOOD, sms="Xã"), "sms phải không dấu"),
        (replace(GOOD, sms="a" * 161), "tối đa 160"),
        (replace(GOOD, text="a " * 250 + "{luat}"), "không đủ chỗ"),
    ],
)
def test_a_faulty_one_is_named_with_its_remedy(bad: Template, word: str) -> None:
    assert any(word in fault for fault in faults(bad))


def test_the_figure_is_that_of_the_law_of_the_day() -> None:
    before, _ = GOOD.filled({"xa": "Xã Mẫu"}, KNOWLEDGE.articles, date(2025, 12, 14))
    after, _ = GOOD.filled({"xa": "Xã Mẫu"}, KNOWLEDGE.articles, date(2025, 12, 15))

    assert "5–10 triệu" in before
    assert "20–40 triệu" in after


def test_what_is_not_filled_stays_a_field_and_an_sms_loses_its_marks() -> None:
    text, sms = KNOWLEDGE.templates["khan-chay"].filled(
        {"xa": "Xã Đồng Mẫu"}, KNOWLEDGE.articles, TODAY
    )

    assert "{noi}" in text
    assert "Xa Dong Mau" in sms


def test_an_admins_own_template_lies_over_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "templates.toml").write_text(
        '[[template]]\nid = "phao-no"\ntopic = "fireworks"\nname = "Riêng"\ntext = "{xa}"\nsms = "{xa}"\n',
        "utf-8",
    )

    over = load_knowledge(tmp_path).templates

    assert over["phao-no"].name == "Riêng"
    assert over.keys() == KNOWLEDGE.templates.keys()


@pytest.mark.parametrize("content", ["x", "[[template]]\nid = 'a'\n", "[field]\ngio = 1\n"])
def test_a_broken_file_is_one_fault(tmp_path: Path, content: str) -> None:
    path = tmp_path / "templates.toml"
    path.write_text(content, "utf-8")

    with pytest.raises(KnowledgeError) as refused:
        load_templates(path)

    assert len(refused.value.faults) == 1


FILLED = {"xa": "Xã Nà Mây", "noi": "chợ", "dien_thoai": "0000000601"}
FIRE = KNOWLEDGE.templates["khan-chay"]


def made(template: Template, text: str, sms: str, on: date = TODAY) -> bool:
    return template.made(text, sms, KNOWLEDGE.articles, on)


def test_only_filled_fields_leave_a_template_what_it_was() -> None:
    text, sms = FIRE.filled(FILLED, KNOWLEDGE.articles, TODAY)

    assert made(FIRE, text, sms)
    assert not made(FIRE, text.replace("Đừng đến xem", "Hãy đến xem"), sms)
    assert not made(FIRE, f"{text}\n\nVà gửi tiền vào đây.", sms)
    assert not made(FIRE, text, f"{sms} Goi 113.")
    assert not made(FIRE, text.replace("chợ", "chợ\nvà bến xe"), sms)


def test_the_law_of_another_day_is_not_the_template_any_more() -> None:
    text, sms = GOOD.filled(FILLED, KNOWLEDGE.articles, date(2025, 12, 14))

    assert made(GOOD, text, sms, date(2025, 12, 14))
    assert not made(GOOD, text, sms, TODAY)
