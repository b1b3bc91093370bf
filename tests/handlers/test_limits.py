"""How much one chat may ask."""

from datetime import UTC, datetime, timedelta

from handlers.limits import CHATS, Allowance, Limits, Verdict
from handlers.message import Chat

NOW = datetime(2027, 1, 1, tzinfo=UTC)
CHAT = Chat("web", "web", "a")


def asked(limits: Limits, *seconds: float) -> list[Verdict]:
    return [limits.ask(CHAT, NOW + timedelta(seconds=second)) for second in seconds]


def test_a_question_sent_twice_by_mistake_is_answered_a_third_is_not() -> None:
    assert asked(Limits(Allowance()), 0, 0.1, 0.2) == [
        Verdict.ANSWER,
        Verdict.ANSWER,
        Verdict.NOTICE,
    ]


def test_twenty_a_minute_then_one_notice_then_silence_then_answers_again() -> None:
    heard = asked(Limits(Allowance()), *[2.0 * n for n in range(22)], 62.5)

    assert heard[:20] == [Verdict.ANSWER] * 20
    assert heard[20:] == [Verdict.NOTICE, Verdict.SILENCE, Verdict.ANSWER]


def test_one_chat_does_not_limit_another() -> None:
    limits = Limits(Allowance(per_minute=1))
    limits.ask(CHAT, NOW)

    assert limits.ask(Chat("web", "web", "b"), NOW) is Verdict.ANSWER


def test_memory_stays_bounded() -> None:
    limits = Limits(Allowance())
    for number in range(CHATS + 50):
        limits.ask(Chat("web", "web", str(number)), NOW)

    assert len(limits._asked) == CHATS
