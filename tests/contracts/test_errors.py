"""The same mistake is the same error on both engines, and quotes nothing."""

import pytest

from bot.store.database import Conflict, Database, DatabaseError

PUT = "INSERT INTO talk (chat, state, at) VALUES ($1, $2, $3)"


async def put(database: Database, *values: object) -> None:
    async with database.transaction() as tx:
        await tx.run(PUT, *values)


async def test_only_a_key_that_is_taken_is_a_conflict(database: Database) -> None:
    await put(database, "mark", "{}", 0)

    with pytest.raises(Conflict):
        await put(database, "mark", "{}", 0)
    with pytest.raises(DatabaseError) as caught:
        await put(database, "other", None, 0)
    assert not isinstance(caught.value, Conflict)


@pytest.mark.parametrize(
    "values",
    [
        ("mark", "bí mật \ud800", 0),  # half a letter
        ("mark", "bí mật", 2**70),  # more than 64 bits
    ],
)
async def test_what_cannot_be_stored_is_an_error_of_ours(
    database: Database, values: tuple[object, ...]
) -> None:
    with pytest.raises(DatabaseError) as caught:
        await put(database, *values)

    assert "bí mật" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert await database.read("SELECT chat FROM talk") == []
