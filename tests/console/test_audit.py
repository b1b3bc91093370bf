"""The audit log: whoever changes, removes, moves or cuts rows is found out."""

from datetime import UTC, datetime

import pytest

from bot.store.audit import Audit, Break, chain
from bot.store.database import Conflict, Database

KEY = bytes(range(32))
NOW = datetime(2027, 2, 3, 14, 25, 33, tzinfo=UTC)
ACTS = ("login", "tip_read", "tip_close", "logout")


async def written(database: Database) -> Audit:
    audit = Audit(KEY)
    for number, act in enumerate(ACTS):
        async with database.transaction() as tx:
            await audit(tx, NOW, "lan", act, f"object-{number}")
    return audit


async def test_an_untouched_log_holds(database: Database) -> None:
    audit = await written(database)

    assert audit.verify(*await chain(database)) is None


TAMPERED: dict[str, tuple[tuple[str, ...], Break]] = {
    "changed": (("UPDATE audit SET action = 'login' WHERE n = 2",), Break(2, "audit.changed")),
    "attributed to another": (
        ("UPDATE audit SET officer = 'nam' WHERE n = 3",),
        Break(3, "audit.changed"),
    ),
    "removed from the middle": (("DELETE FROM audit WHERE n = 2",), Break(2, "audit.missing")),
    "removed and closed up": (
        ("DELETE FROM audit WHERE n = 2", "UPDATE audit SET n = n - 1 WHERE n > 2"),
        Break(2, "audit.changed"),
    ),
    "reordered": (
        (
            "UPDATE audit SET n = 99 WHERE n = 2",
            "UPDATE audit SET n = 2 WHERE n = 3",
            "UPDATE audit SET n = 3 WHERE n = 99",
        ),
        Break(2, "audit.changed"),
    ),
    "cut at the end": (("DELETE FROM audit WHERE n = 4",), Break(4, "audit.cut")),
    "cut at the end, and the head moved back": (
        (
            "DELETE FROM audit WHERE n = 4",
            "UPDATE audit_head SET n = 3, mark = (SELECT mark FROM audit WHERE n = 3)",
        ),
        Break(3, "audit.head"),
    ),
    "all of it gone": (("DELETE FROM audit",), Break(1, "audit.cut")),
}


@pytest.mark.parametrize("how", TAMPERED)
async def test_tampering_shows(database: Database, how: str) -> None:
    audit = await written(database)
    statements, broken = TAMPERED[how]
    async with database.transaction() as tx:
        for statement in statements:
            await tx.run(statement)

    assert audit.verify(*await chain(database)) == broken


async def test_a_row_of_somebody_without_the_key_shows(database: Database) -> None:
    audit = await written(database)
    async with database.transaction() as tx:
        await Audit(bytes(32))(tx, NOW, "lan", "login")

    assert audit.verify(*await chain(database)) == Break(5, "audit.changed")


async def test_times_are_kept_by_the_hour(database: Database) -> None:
    await written(database)

    rows, _ = await chain(database)

    assert {row["at"] % 3600 for row in rows} == {0}


async def test_an_act_that_fails_leaves_no_row(database: Database) -> None:
    audit = await written(database)

    async def act_and_fail() -> None:
        async with database.transaction() as tx:
            await audit(tx, NOW, "lan", "login")
            await tx.run("INSERT INTO audit_head (one, n, mark, proof) VALUES (1, 0, '', '')")

    with pytest.raises(Conflict):
        await act_and_fail()

    rows, head = await chain(database)
    assert (len(rows), head["n"]) == (4, 4)


async def test_what_stands_in_one_column_can_not_slide_into_the_next(database: Database) -> None:
    """Without the lengths, ("a", "bc") and ("ab", "c") would have the same mark."""
    audit = Audit(KEY)
    async with database.transaction() as tx:
        await audit(tx, NOW, "lan", "a", "bc")
        await tx.run("UPDATE audit SET action = 'ab', object = 'c'")

    assert audit.verify(*await chain(database)) == Break(1, "audit.changed")
