"""Questions that ask the same stand together, the most frequent group first."""

from knowledge.likeness import groups


def test_questions_that_ask_the_same_are_one_group() -> None:
    found = groups(
        [
            "nuôi gà trong phố có được không",
            "dạ cho hỏi thả diều sân bay bị phạt không ạ",
            "tha dieu san bay phat bao nhieu",
            "thả diều ở sân bay",
        ]
    )

    assert [group.count for group in found] == [3, 1]
    assert found[1].questions == ("nuôi gà trong phố có được không",)


def test_a_repeated_question_counts_each_time_and_is_shown_once() -> None:
    (group,) = groups(["thả diều ở sân bay"] * 4)

    assert (group.questions, group.count) == (("thả diều ở sân bay",), 4)


def test_nothing_asked_is_no_group() -> None:
    assert groups([]) == []
