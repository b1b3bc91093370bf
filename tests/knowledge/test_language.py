"""English is told from Vietnamese typed without marks."""

import pytest

from knowledge.language import english
from tests.shipped import KNOWLEDGE


@pytest.mark.parametrize(
    "text",
    [
        "I need an ambulance",
        "can I bring a vape to vietnam",
        "my house is on fire",
        "someone stole my phone",
        "where is the nearest police station?",
        "is this a scam",
    ],
)
def test_english_is_english(text: str) -> None:
    assert english(text)


def test_every_phrasing_is_of_the_language_of_its_article() -> None:
    asked = [(a.lang, line) for a in KNOWLEDGE.articles.values() for line in a.ask]

    assert [line for lang, line in asked if lang == "vi" and english(line)] == []
    assert [line for lang, line in asked if lang == "en" and not english(line)] == []
