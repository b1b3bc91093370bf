"""What people type becomes one text, whatever the phone, the region and the hurry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.lexicon import Lexicon, sound
from knowledge.vietnamese import LONGEST, clean, fold, syllables

SHORT_FORMS = "ko|k|kg|ca|CA|xã|bn|ơi|nđ|nd|cồn|r|tr|5|50k|kh|j|z|s|v|vs|bh|pn|ng|e|ngoai|duong|phat|hoà|ơiii|0,3|mg/l"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Đốt  PHÁO\tnổ\n", "đốt pháo nổ"),  # case and spaces
        (
            "ddo\u0302\u0301t".replace("dd", "đ"),
            "đốt",
        ),  # letters and marks apart, as some phones send them
        ("pha\u0301o\x00\u200b", "pháo"),  # NUL and zero width
        ("pháo\ud800", "pháo"),  # half a surrogate
        ("hoà thuý khoẻ", "hòa thúy khỏe"),  # the new way to place a tone
        ("quý quỳ", "quý quỳ"),  # after q the u is no vowel
        ("bao nhiêuuuu ơiii", "bao nhiêu ơi"),  # letters held down
        ("hả ???!!!", "hả ? !"),  # marks held down
        ("ko dc", "không được"),  # teencode
        ("hok bik lm s", "không biết làm sao"),
        ("phat bn", "phat bao nhiêu"),  # bn: how much
        ("bn ơi", "bạn ơi"),  # bn: you
        ("CA bắt", "công an bắt"),  # capitals are the police
        ("báo ca xã", "báo công an xã"),  # and small letters beside police words
        ("ca nhạc", "ca nhạc"),  # a song is none
        ("ca làm đêm", "ca làm đêm"),  # nor is a shift
        ("nđ cồn 0,3", "nồng độ cồn 0,3"),  # nđ: concentration
        ("nđ 168", "nghị định 168"),  # nđ: decree
        ("đốt pn phạt kg", "đốt pháo nổ phạt không"),  # kg: no
        ("7 kg pháo", "7 kg pháo"),  # kg: a weight
        ("bh có pháo", "bao giờ có pháo"),  # bh: when
        ("bh xe", "bảo hiểm xe"),  # bh: insurance
        ("50k 5tr 2 củ", "50 nghìn 5 triệu 2 triệu"),  # money
        ("xm oto gplx ndc", "xe máy ô tô bằng lái nồng độ cồn"),
        ("0,3mg/l", "0,3 mg / l"),  # a measure keeps its number whole
        ("nam ngoai duong", "nam ngoài duong"),  # out in the street
        ("nam ngoai", "nam ngoai"),  # last year
    ],
)
def test_what_was_typed_is_spelt_out(typed: str, meant: str) -> None:
    assert clean(typed) == meant


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("Pháo nổ", "phao no"),
        ("ĐƯỜNG", "duong"),
        ("ưỡn ẹo kỹ", "uon eo ky"),
        ("pha\u0301o", "phao"),  # marks apart
        ("ñ ß ﬁ", "n ß ﬁ"),  # a tilde is ours too; letters of other tongues stay
    ],
)
def test_folding_takes_vietnamese_marks_off(marked: str, plain: str) -> None:
    assert fold(marked) == plain


texts = st.one_of(
    st.text(st.characters()),  # surrogates too
    st.lists(st.sampled_from(SHORT_FORMS.split("|"))).map(" ".join),
)


@given(texts)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_a_clean_text_can_be_stored_and_shown(text: str) -> None:
    cleaned = clean(text)

    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert "\x00" not in cleaned
    assert syllables(cleaned) == syllables(cleaned.strip())


def test_a_giant_text_is_cut() -> None:
    assert len(clean("a b " * 1_000_000)) <= LONGEST


words = Lexicon(["pháo", "phạt", "cồn", "nổ", "trộm", "giao", "nghiêm"])


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("pháo", ("pháo", 1.0)),  # as it is written
        ("phao", ("phao", 1.0)),  # without marks
        ("phào", ("phao", 0.75)),  # other marks are a slip, never the same
        ("cốn", ("con", 0.75)),
        ("lổ", ("no", 0.75)),  # l for n
        ("chộm", ("trom", 0.75)),  # ch for tr
        ("dao", ("giao", 0.75)),  # d for gi
        ("nghim", ("nghiem", 0.75)),  # a letter missing
        ("nghieem", ("nghiem", 0.75)),  # one too many
        ("ngheim", ("nghiem", 0.75)),  # two changed places
        ("xyzt", None),  # two slips are another word
    ],
)
def test_a_word_is_known_with_one_slip(typed: str, known: tuple[str, float] | None) -> None:
    found = words.known(typed)

    assert (found and (fold(found[0]), found[1])) == (known and (fold(known[0]), known[1]))


def test_marks_that_were_typed_are_kept() -> None:
    assert words.known("pháo") == ("pháo", 1.0)
    assert words.known("phào") == ("phao", 0.75)


@pytest.mark.parametrize(
    ("one", "other"), [("lo", "no"), ("sa", "xa"), ("tran", "chan"), ("bang", "ban"), ("mat", "mac"), ("ky", "ki")]
)  # fmt: skip
def test_what_the_regions_say_alike_sounds_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)
