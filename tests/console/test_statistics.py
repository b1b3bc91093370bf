"""Statistics: counts without content, and none so small that it points at somebody."""

import re

import pytest

from bot.store.statistics import SMALLEST, Cell, cells
from tests.console.station import Station
from tests.console.tips import give_keys, tell


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, 0), (1, None), (SMALLEST - 1, None), (SMALLEST, SMALLEST), (200, 200)],
)
def test_a_cell_under_five_is_hidden(count: int, shown: int | None) -> None:
    assert cells({"x": count}) == (Cell("x", shown),)


async def test_the_page_shows_counts_and_hides_the_small_ones(station: Station) -> None:
    keys = await give_keys(station, "ben-sao")
    told = [await tell(station, keys, "Có người bán pháo lậu") for _ in range(SMALLEST + 2)]
    officer = await station.officer("truc")
    for tip in told[:2]:
        closed = {"state": "closed", "outcome": "fined", "matter": "fireworks"}
        await officer.post(f"/api/tin/{tip.id}/trang-thai", closed)

    status, page = await officer.get("/thong-ke")
    table = dict(re.findall(r'<th scope="row">([^<]+)</th><td class="number">([^<]+)</td>', page))

    assert status == 200
    assert table["Mới"] == str(SMALLEST)
    assert (
        table["Đã đóng"]
        == table["Xử phạt hành chính"]
        == table["Pháo nổ: làm, bán, giấu, đốt"]
        == "dưới 5"
    )
    assert "Tuần 48/2026" in table
    assert page.count('role="img"') >= 4


async def test_a_commune_sees_its_own_figures_and_the_province_all(station: Station) -> None:
    keys = await give_keys(station, "ben-sao")
    for _ in range(SMALLEST):
        await tell(station, keys, "Có người bán pháo lậu")

    other = (await (await station.officer("xa2")).get("/thong-ke"))[1]
    province = (await (await station.officer("tinh")).get("/thong-ke"))[1]

    assert "Mới" not in other
    assert "phường Bến Sao" in province
