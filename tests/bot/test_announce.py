"""Officers on the phone: one writes, the other approves, people are told, both watch it go; and what is refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.config import Config, Secret, Secrets, Telegram
from bot.store.database import open_database
from bot.wiring import running
from tests.dialogs.people import (
    PATIENCE,
    PEPPER,
    WEBHOOK_SECRET,
    Telegrammer,
    config_for,
)
from tests.fakes.telegram import TelegramServer, open_telegram_server

HOA, NAM, TRUC, CITIZEN = 7, 8, 9, 100
OFFICERS = {HOA: ("hoa", "commune"), NAM: ("nam", "commune"), TRUC: ("truc", "duty")}


async def seed(config: Config) -> None:
    """Three officers of xã Suối Gương with their chats, and one person who takes its warnings."""
    async with open_database(config.database_url) as database, database.transaction() as tx:
        for chat, (id, role) in OFFICERS.items():
            await tx.run(
                "INSERT INTO officer (id, login, name, role, area, state, made)"
                " VALUES ($1, $1, $1, $2, 'suoi-guong', 'active', 0)",
                id,
                role,
            )
            await tx.run(
                "INSERT INTO officer_chat (channel, account, chat, officer)"
                " VALUES ('telegram', '4242', $1, $2)",
                str(chat),
                id,
            )
        await tx.run(
            "INSERT INTO subscriber (id, channel, account, chat, topics, party, since, contact)"
            " VALUES (1, 'telegram', '4242', $1, 'all', 0, 0, 0)",
            str(CITIZEN),
        )
        await tx.run("INSERT INTO subscription (area, subscriber) VALUES ('suoi-guong', 1)")


class Phones:
    """The officers' and the citizen's telephones."""

    def __init__(self, telegram: TelegramServer, database: str) -> None:
        self.telegram = telegram
        self.people = {chat: Telegrammer(telegram, database, chat) for chat in (*OFFICERS, CITIZEN)}

    def __getitem__(self, chat: int) -> Telegrammer:
        return self.people[chat]

    async def hear(self, chat: int, words: str) -> dict[str, str]:
        """Wait until a telephone heard words, or saw them come up in a message; its buttons."""
        calls = self.telegram.calls

        def found() -> list[object]:
            return [
                call
                for call in calls
                if call.method in ("sendMessage", "editMessageText")
                and call.ok
                and int(call.fields["chat_id"]) == chat
                and words in call.text
            ]

        await self.telegram.wait_for(found, PATIENCE)
        last = found()[-1]
        return {b["text"]: b["callback_data"] for b in last.buttons}  # type: ignore[attr-defined]


@asynccontextmanager
async def office(folder: Path) -> AsyncIterator[Phones]:
    async with open_telegram_server() as telegram:
        config = replace(
            config_for(folder),
            telegram=Telegram(
                enabled=True, mode="webhook", api_base=telegram.base, per_second=1000
            ),
        )
        await seed(config)
        secrets = Secrets(
            pepper=Secret(PEPPER),
            telegram_token=Secret(telegram.token),
            telegram_webhook_secret=Secret(WEBHOOK_SECRET),
        )
        async with running(config, secrets):
            await telegram.wait_for(lambda: telegram.webhook, PATIENCE)
            phones = Phones(telegram, config.database_url)
            yield phones
            for person in phones.people.values():
                person.close()


async def test_two_officers_send_a_warning_from_their_phones(tmp_path: Path) -> None:
    async with office(tmp_path) as phones:
        await phones[HOA].say("/phat Chiều nay thu pháo ở nhà văn hoá.")
        preview = await phones.hear(HOA, "1 người nhận: 1 có chuông")
        await phones[HOA].press(preview["Đánh dấu khẩn"])
        preview = await phones.hear(HOA, "KHẨN – bà con sẽ thấy")
        await phones[HOA].press(preview["Gửi duyệt"])

        # the next officer is asked by itself
        asked = await phones.hear(NAM, "chờ bạn duyệt")
        await phones[NAM].press(asked["Duyệt"])
        await phones.hear(CITIZEN, "thu pháo")
        done = await phones.hear(HOA, "▓▓▓▓▓▓▓▓▓▓ 100 %")
        await phones.hear(NAM, "Đã nhận 1 trên 1")

        await phones[HOA].press(done["Đính chính"])
        await phones[HOA].say("Thu pháo ở trụ sở xã, không phải nhà văn hoá.")
        preview = await phones.hear(HOA, "trụ sở xã")
        await phones[HOA].press(preview["Gửi duyệt"])
        asked = await phones.hear(NAM, "trụ sở xã")
        await phones[NAM].press(asked["Duyệt"])
        await phones.hear(CITIZEN, "Đính chính tin trước")
        await phones.hear(CITIZEN, "Tin này không đúng")  # the wrong one, edited


async def test_the_author_does_not_approve_and_a_stranger_is_no_officer(tmp_path: Path) -> None:
    async with office(tmp_path) as phones:
        stranger = await phones[CITIZEN].say("/phat Ai cũng gửi được à?")
        await phones[HOA].say("/phat Tối nay kiểm tra nồng độ cồn.")
        preview = await phones.hear(HOA, "nồng độ cồn")
        await phones[HOA].press(preview["Gửi duyệt"])
        id = preview["Gửi duyệt"].partition(".")[2]

        own = await phones[HOA].press(f"s:broadcast@ok.{id}")
        foreign = await phones[CITIZEN].press(f"s:broadcast@ok.{id}")
        nothing = await phones[HOA].say("/duyet")

    assert "dành cho cán bộ" in stranger.text
    assert "người khác phải duyệt" in own.text
    assert "dành cho cán bộ" in foreign.text
    assert "Không có tin nào chờ bạn" in nothing.text


async def test_a_broken_glass_sends_at_once_and_everybody_sees_it(tmp_path: Path) -> None:
    async with office(tmp_path) as phones:
        await phones[TRUC].say("/phat Nước lên nhanh, rời bãi bồi ngay.")
        preview = await phones.hear(TRUC, "Nước lên nhanh")
        await phones[TRUC].press(preview["Đánh dấu khẩn"])
        preview = await phones.hear(TRUC, "KHẨN – bà con sẽ thấy")

        sure = await phones[TRUC].press(preview["Khẩn: gửi không chờ duyệt"])
        await phones[TRUC].press(sure.buttons["Chắc chắn, gửi ngay"])

        await phones.hear(CITIZEN, "Nước lên nhanh")
        await phones.hear(HOA, "gửi không chờ duyệt")
        await phones.hear(NAM, "gửi không chờ duyệt")


async def test_a_template_asks_for_its_fields_one_by_one(tmp_path: Path) -> None:
    async with office(tmp_path) as phones:
        opened = await phones[HOA].say("/phat")
        listed = await phones[HOA].press(opened.buttons["Mẫu có sẵn"])
        heard = await phones[HOA].press(next(iter(listed.buttons.values())))
        for _ in range(8):
            if "Ví dụ:" not in heard.text:
                break
            heard = await phones[HOA].say(heard.text.rpartition("Ví dụ: ")[2])

    assert "Bà con sẽ thấy" in heard.text or "KHẨN – bà con sẽ thấy" in heard.text
    assert "{" not in heard.text
    assert "xã Suối Gương" in heard.text
