"""The ceremony: a key made offline, two of three cards give it back, and a whole unit that forgot is helped."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from subprocess import PIPE

import pytest
from click.testing import CliRunner, Result

from bot import escrow
from bot.cli import binhan
from bot.escrow import BadCards
from bot.sealing import Keys, fresh_keys, seal_key, unseal_key
from bot.store.database import open_database
from bot.store.units import Units, lonely, outside_escrow
from handlers.officer import Role
from tests.console.station import Station, identity_of, open_station
from tests.console.test_cases import rows
from tests.console.test_commands import Admin
from tests.console.tips import give_keys


@pytest.fixture
def admin(tmp_path: Path) -> Admin:
    return Admin(tmp_path)


def ceremony(out: Path) -> str:
    """Hold a ceremony as three people at an offline machine would; all that was shown."""
    command = [sys.executable, "-m", "bot", "keys", "ceremony", "--out", str(out)]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, encoding="utf-8") as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("\n" * 3)
        process.stdin.flush()
        shown = ""
        while "Thử lại" not in shown:
            shown += process.stdout.readline()
        cards = [" ".join(re.findall(r"\d+ ([a-z]+)", card)) for card in shown.split("THẺ ")[1:]]
        process.stdin.write(f"{cards[0]}\n{cards[1]}\n")
        process.stdin.close()
        return shown + process.stdout.read()


@pytest.mark.parametrize("two", [(0, 1), (0, 2), (1, 2), (2, 0)])
def test_any_two_cards_give_the_key_back(two: tuple[int, int]) -> None:
    keys, cards = escrow.fresh()

    assert escrow.restored([cards[n] for n in two]) == keys


def test_four_letters_of_each_word_are_enough() -> None:
    keys, cards = escrow.fresh()

    assert escrow.restored([" ".join(w[:4] for w in card.split()) for card in cards[1:]]) == keys


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cards: [cards[0]],  # one card alone
        lambda cards: [cards[0], cards[0]],  # the same twice
        lambda cards: [cards[0], escrow.fresh()[1][1]],  # of another key
        lambda cards: [cards[0], cards[1].rsplit(" ", 1)[0] + " academic"],  # a wrong word
        lambda cards: ["", ""],
    ],
)
def test_anything_less_gives_nothing(spoil: object) -> None:
    _, cards = escrow.fresh()

    with pytest.raises(BadCards):
        escrow.restored(spoil(cards))  # type: ignore[operator]


def test_what_is_sealed_to_the_escrow_is_opened_by_two_cards_and_by_nothing_else() -> None:
    keys, cards = escrow.fresh()
    unit = fresh_keys()
    sealed = seal_key(unit.private, keys.pub)

    assert unseal_key(escrow.restored(cards[:2]), sealed) == unit.private


def test_the_public_half_travels_as_one_line() -> None:
    pub = fresh_keys().pub

    assert escrow.from_file(escrow.to_file(pub)) == pub
    assert escrow.from_file("binhan-escrow-1 zz") is None
    assert escrow.from_file("something else") is None


def test_a_ceremony_that_is_typed_back_right_is_installed(admin: Admin) -> None:
    out = admin.folder / "escrow.txt"
    done = ceremony(out)
    installed = admin.types("keys", "install", str(out))

    assert "✓ Hai thẻ cho lại đúng khoá." in done
    fingerprint = re.search(r"Dãy số của khoá: ([\d ]+)", done)
    assert fingerprint
    assert fingerprint[1] in installed.output
    assert str(out) in done


def test_no_card_stands_in_the_file(admin: Admin) -> None:
    out = admin.folder / "escrow.txt"
    ceremony(out)

    assert re.fullmatch(r"binhan-escrow-1 [0-9a-f]{64}\n", out.read_text("utf-8"))


@pytest.fixture
async def unit(tmp_path: Path) -> AsyncIterator[tuple[Station, Keys, tuple[str, ...]]]:
    """A unit whose key is in escrow, and whose only officer has lost it; the unit's key, and the cards."""
    keys, cards = escrow.fresh()
    async with open_station(tmp_path, staff=(("lan.nt", Role.DUTY, "ben-sao"),)) as station:
        own = (await give_keys(station, "ben-sao"))["ben-sao"]
        async with (
            open_database(station.config.database_url) as database,
            database.transaction() as tx,
        ):
            await Units(tx).set_escrow(keys.pub, 0)
            sealed = seal_key(own.private, keys.pub)
            await Units(tx).keep_in_escrow("ben-sao", 1, keys.pub, sealed)
            await tx.run("DELETE FROM unit_member_key")
        yield station, own, cards


async def restore(station: Station, cards: Sequence[str], login: str = "lan.nt") -> Result:
    """As two card-holders at the server would."""
    config = station.config.folder / "config.toml"
    config.write_text(f'[database]\nurl = "{station.config.database_url}"\n', "utf-8")
    words = ["keys", "restore", "--unit", "ben-sao", "--officer", login, "--config", str(config)]
    typed = "".join(f"{card}\n" for card in cards)
    return await asyncio.to_thread(
        CliRunner().invoke, binhan, words, input=typed, standalone_mode=False
    )


async def test_a_unit_that_lost_everything_is_given_its_key_back_by_two_cards(
    unit: tuple[Station, Keys, tuple[str, ...]],
) -> None:
    station, own, cards = unit

    done = await restore(station, cards[:2])

    [row] = await rows(station, "SELECT sealed_priv FROM unit_member_key")
    [noted] = await rows(station, "SELECT object FROM audit WHERE action = 'escrow_restore'")
    assert "nhận lại 1 khoá" in done.output
    assert unseal_key(identity_of("lan.nt").pair, row["sealed_priv"]) == own.private
    assert noted["object"] == "ben-sao/lan.nt"


async def test_other_cards_or_another_officer_restore_nothing(
    unit: tuple[Station, Keys, tuple[str, ...]],
) -> None:
    station, _, cards = unit

    strange = await restore(station, escrow.fresh()[1][:2])
    nobody = await restore(station, cards[:2], "ai-do")

    assert "chưa ký gửi" in str(strange.exception)
    assert "chưa nhận tài khoản" in str(nobody.exception)
    assert await rows(station, "SELECT 1 AS one FROM unit_member_key") == []


async def test_doctor_names_units_with_too_few_holders_and_without_escrow(
    unit: tuple[Station, Keys, tuple[str, ...]],
) -> None:
    station, _, _ = unit
    async with open_database(station.config.database_url) as database:
        kept = await outside_escrow(database)
        async with database.transaction() as tx:
            await tx.run("DELETE FROM escrow")

        assert await lonely(database) == [("ben-sao", 0)]
        assert (kept, await outside_escrow(database)) == ([], ["ben-sao"])
