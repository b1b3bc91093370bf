"""`binhan broadcast`, as it is typed on the night when the console is out of reach; on both engines."""

import asyncio
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

from bot.cli import binhan
from bot.cli import run as exit_code_of
from bot.store.database import Row, open_database
from bot.store.officers import Officers, State
from handlers.broadcast import Broadcast, Stage
from handlers.officer import Role
from tests.scheduler.season import NOW, SENDING, expand, people

OFFICERS = {  # login → role, area, state
    "truc": (Role.DUTY, "suoi-guong", State.ACTIVE),
    "tinh": (Role.PROVINCE, "tinh-mau", State.ACTIVE),
    "xa-khac": (Role.DUTY, "cho-mo", State.ACTIVE),
    "quan-tri": (Role.ADMIN, "tinh-mau", State.ACTIVE),
    "da-khoa": (Role.DUTY, "suoi-guong", State.DISABLED),
    "moi-vao": (Role.DUTY, "suoi-guong", State.INVITED),
}


class Machine:
    """A server's command line over a database of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self.config = folder / "config.toml"
        self.config.write_text(f'[database]\nurl = "{url}"\n', "utf-8")

    def words(self, *words: str) -> list[str]:
        return ["broadcast", *words, "--config", str(self.config)]

    def types(self, *words: str, said: str = "") -> Result:
        return CliRunner().invoke(binhan, self.words(*words), input=said, standalone_mode=False)

    def fails(self, *words: str) -> int:
        return exit_code_of(binhan.main, args=self.words(*words), standalone_mode=False)

    def rows(self, sql: str) -> list[Row]:
        async def read() -> list[Row]:
            async with open_database(self.url) as database:
                return await database.read(sql)

        return asyncio.run(read())

    def stage(self) -> str:
        return str(self.rows("SELECT stage FROM broadcast WHERE id = 'b1'")[0]["stage"])

    def log(self) -> list[tuple[str, str, str]]:
        rows = self.rows("SELECT officer, action, object FROM audit ORDER BY n")
        return [(row["officer"], row["action"], row["object"]) for row in rows]

    def staffed(self, *warnings: Broadcast) -> None:
        """Officers, five subscribers (two on a channel that is closed), and these warnings to them."""

        async def write() -> None:
            async with open_database(self.url) as database:
                async with database.transaction() as tx:
                    officers = Officers(tx)
                    for login, (role, area, state) in OFFICERS.items():
                        made = await officers.add(
                            login=login, name=f"Cán bộ {login}", role=role, area=area, at=NOW
                        )
                        await officers.set_state(made.id, state)
                await people(database, [1, 2, 3])
                await people(database, [4, 5], channel="web")
                for warning in warnings:
                    await expand(database, warning)

        asyncio.run(write())


@pytest.fixture
def empty(tmp_path: Path, database_url: str) -> Machine:
    return Machine(tmp_path, database_url)


@pytest.fixture
def machine(empty: Machine) -> Machine:
    empty.staffed(SENDING)
    return empty


@pytest.fixture
def small(tmp_path: Path) -> Machine:
    """The same where the engine makes no difference."""
    machine = Machine(tmp_path, f"sqlite:///{tmp_path}/binhan.db")
    machine.staffed(SENDING)
    return machine


def test_without_warnings_the_list_says_where_they_are_written(empty: Machine) -> None:
    said = empty.types("list")

    assert "Chưa có cảnh báo nào" in said.output
    assert said.return_value == 0


def test_a_night_without_the_console(machine: Machine, tmp_path: Path) -> None:
    seen = machine.types("list").output
    machine.types("pause", "b1", "--as", "truc", "--yes")
    paused = machine.types("list").output
    machine.types("resume", "b1", "--as", "tinh", "--yes")
    resumed = machine.stage()
    ended = machine.types("cancel", "b1", "--as", "truc", "--yes")

    for part in ("b1", "Đang gửi", "16:00 05/02/2027", "Suối Gương", "Không đốt pháo nổ"):
        assert part in seen
    assert "Tạm dừng" in paused
    assert resumed == Stage.SENDING
    assert ended.output == "Tin đã huỷ.\n"
    assert machine.stage() == Stage.CANCELLED
    assert machine.log() == [
        ("binhan", "warning_at_machine", "truc"),
        ("truc", "warning_pause", "b1"),
        ("binhan", "warning_at_machine", "tinh"),
        ("tinh", "warning_resume", "b1"),
        ("binhan", "warning_at_machine", "truc"),
        ("truc", "warning_cancel", "b1"),
    ]


def test_a_report_adds_up_to_the_audience(machine: Machine, tmp_path: Path) -> None:
    file = tmp_path / "bao-cao.xlsx"

    said = machine.types("report", "b1", "--xlsx", str(file)).output

    numbers = {line[:24].strip(): line[24:].strip() for line in said.splitlines()}
    assert numbers["Tổng người nhận"] == "5"
    assert (numbers["Đang chờ"], numbers["Lỗi"]) == ("3", "2")
    states = ("Đã nhận được", "Chưa rõ", "Đã chặn, đã xoá", "Zalo chưa cho nhắn", "Đã dừng nhận")
    assert sum(int(numbers[state]) for state in (*states, "Đang chờ", "Lỗi")) == 5
    assert "Suối Gương, Telegram: 3 người – Đang chờ 3" in said
    assert "Suối Gương, Trang web: 2 người – Lỗi 2" in said
    with ZipFile(file) as book:
        assert "Suối Gương" in book.read("xl/sharedStrings.xml").decode()


def test_a_workbook_that_cannot_be_written_is_said_in_one_line(
    small: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert small.fails("report", "b1", "--xlsx", str(tmp_path)) == 2
    assert capsys.readouterr().err.startswith("binhan: --xlsx: không ghi được")


def test_a_warning_that_has_not_begun_has_no_recipients_yet(small: Machine) -> None:
    draft = replace(SENDING, id="b2", stage=Stage.DRAFT, started=None)

    async def write() -> None:
        async with open_database(small.url) as database:
            await expand(database, draft)

    asyncio.run(write())

    assert "Chưa có người nhận nào" in small.types("report", "b2").output


@pytest.mark.parametrize("act", ["report", "pause", "resume", "cancel"])
def test_an_unknown_id_is_said_with_the_remedy(
    small: Machine, act: str, capsys: pytest.CaptureFixture[str]
) -> None:
    who = () if act == "report" else ("--as", "truc", "--yes")

    assert small.fails(act, "b9", *who) == 2

    said = capsys.readouterr().err
    assert said == "binhan: không có cảnh báo «b9»; xem: binhan broadcast list\n"


@pytest.mark.parametrize(
    ("login", "why"),
    [
        ("xa-khac", "ngoài địa bàn"),  # of another commune
        ("quan-tri", "ngoài quyền"),  # keeps accounts, warns nobody
        ("da-khoa", "đã khoá"),
        ("moi-vao", "chưa nhận lời mời"),
        ("ai-do", "không có tài khoản «ai-do»"),
    ],
)
@pytest.mark.parametrize("act", ["pause", "cancel"])
def test_only_an_active_officer_of_the_area_stops_a_warning(
    small: Machine, act: str, login: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert small.fails(act, "b1", "--as", login, "--yes") == 2

    said = capsys.readouterr().err
    assert why in said
    assert said.count("\n") == 1
    assert small.stage() == Stage.SENDING
    assert small.log() == []


def test_a_warning_to_the_province_is_not_a_communes_to_stop(
    small: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    async def write() -> None:
        async with open_database(small.url) as database:
            await expand(database, replace(SENDING, id="b2", areas=("tinh-mau",)))

    asyncio.run(write())

    assert small.fails("cancel", "b2", "--as", "truc", "--yes") == 2
    assert "ngoài địa bàn" in capsys.readouterr().err
    assert small.fails("cancel", "b2", "--as", "tinh", "--yes") == 0


def test_what_does_not_run_cannot_be_paused(
    small: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    small.types("cancel", "b1", "--as", "truc", "--yes")
    noted = small.log()

    assert small.fails("resume", "b1", "--as", "truc", "--yes") == 2
    assert small.fails("cancel", "b1", "--as", "truc", "--yes") == 2

    assert capsys.readouterr().err == "binhan: Tin đã huỷ.\nbinhan: Tin này đã kết thúc.\n"
    assert small.log() == noted


@pytest.mark.parametrize(
    ("said", "stage"),
    [("có\n", "paused"), ("Co\n", "paused"), ("\n", "sending"), ("không\n", "sending")],
)
def test_it_asks_first_and_shows_what_it_would_stop(small: Machine, said: str, stage: str) -> None:
    done = small.types("pause", "b1", "--as", "truc", said=said)

    assert "Không đốt pháo nổ" in done.output
    assert "với tên Cán bộ truc (truc)?" in done.output
    assert small.stage() == stage
    assert ("Chưa làm gì" in done.output) == (stage == "sending")


def test_where_nobody_can_be_asked_the_remedy_is_said(small: Machine) -> None:
    done = small.types("pause", "b1", "--as", "truc")

    assert "--yes" in str(done.exception)
    assert small.stage() == Stage.SENDING
