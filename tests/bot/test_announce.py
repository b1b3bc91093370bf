"""Officers on the phone: one writes, the other approves, people are told, both watch it go; and what is refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Config, Secret, Secrets, Telegram
from bot.store.broadcasts import Broadcasts
from bot.store.database import open_database
from bot.wiring import running
from handlers.ask import HERE
from handlers.broadcast import Broadcast, Stage
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
        self.telegram, self.database = telegram, database
        self.people = {chat: Telegrammer(telegram, database, chat) for chat in (*OFFICERS, CITIZEN)}

    def __getitem__(self, chat: int) -> Telegrammer:
        return self.people[chat]

    async def sent(self, text: str) -> None:
        """A warning that the citizen has got already."""
        now = datetime.now(UTC)
        old = Broadcast(id="old", author="hoa", text=text, areas=("suoi-guong",), made=now)
        async with open_database(self.database) as database, database.transaction() as tx:
            await Broadcasts(tx).add(
                replace(old, stage=Stage.DONE, urgent=True, started=now, ended=now)
            )
            await tx.run(
                "INSERT INTO delivery (broadcast, channel, account, chat, area, rank, turn, state, due, at,"
                " attempts, claim, reason, seen) VALUES ('old', 'telegram', '4242', $1, 'suoi-guong', 1, 1,"
                " 'sent', 0, 0, 0, '', '', 0)",
                str(CITIZEN),
            )

    async def broadcasts(self, words: str) -> list[Broadcast]:
        """Those that begin with these words, as the database has them."""
        async with open_database(self.database) as database, database.transaction() as tx:
            found = await Broadcasts(tx).of_stage(*Stage)
        return [each for each in found if each.text.startswith(words)]

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


async def test_a_weekly_warning_is_made_moved_and_approved_as_one_and_may_leave_readers_out(
    tmp_path: Path,
) -> None:
    async with office(tmp_path) as phones:
        await phones.sent("Nước sông lên.")
        # by two officers: a telephone hears eight at once, then one a second
        await phones[NAM].say("/phat Bờ sông sạt lở.")
        preview = await phones.hear(NAM, "1 người nhận")
        recent = await phones[NAM].press(preview["Chỉ ai chưa nhận"])
        assert "1. Nước sông lên." in recent.text
        await phones[NAM].press(recent.buttons["Chưa nhận tin 1"])
        preview = await phones.hear(NAM, "0 người nhận")
        recent = await phones[NAM].press(preview["Chỉ ai chưa nhận"])
        again = await phones[NAM].press(recent.buttons["Gửi tất cả"])
        assert "1 người nhận" in again.text

        await phones[HOA].say("/phat Khoá cửa khi đi chơi.")
        preview = await phones.hear(HOA, "1 người nhận")
        when = await phones[HOA].press(preview["Chọn giờ gửi"])
        day = await phones[HOA].press(when.buttons["Lặp lại hằng tuần"])
        hours = await phones[HOA].press(day.buttons["Thứ sáu"])
        await phones[HOA].press(hours.buttons["16 giờ 30"])
        preview = await phones.hear(HOA, "lặp lại")
        series = await phones.broadcasts("Khoá cửa")
        assert len(series) > 1
        assert {f"{each.at.astimezone(HERE):%a %H:%M}" for each in series if each.at} == {
            "Fri 16:30"
        }

        when = await phones[HOA].press(preview["Chọn giờ gửi"])
        day = await phones[HOA].press(when.buttons["Lặp lại hằng tuần"])
        await phones[HOA].press(day.buttons["Chủ nhật"])
        await phones[HOA].say("8h")
        preview = await phones.hear(HOA, "lúc: 08:00")
        moved = [e for e in await phones.broadcasts("Khoá cửa") if e.stage is Stage.DRAFT]
        assert {f"{each.at.astimezone(HERE):%a %H:%M}" for each in moved if each.at} == {
            "Sun 08:00"
        }

        await phones[HOA].press(preview["Gửi duyệt"])
        asked = await phones.hear(NAM, f"lặp lại {len(moved)} lần")
        did = await phones[NAM].press(asked["Duyệt"])
        assert "được duyệt" in did.text
        approved = await phones.broadcasts("Khoá cửa")
        questions = [c for c in phones.telegram.sent(NAM) if "Chờ bạn duyệt" in c.text]

    assert [each.stage for each in approved].count(Stage.APPROVED) == len(moved)
    assert len(questions) == 1
