"""A place is found by whatever people call it: today's name, an old one, without marks, with a typing error."""

from pathlib import Path

import pytest

from knowledge.areas import COLUMNS, Areas, Kind, load_areas
from knowledge.faults import KnowledgeError
from knowledge.load import SHIPPED, load_knowledge

HEAD = ",".join(COLUMNS)
PROVINCE = "tinh,tỉnh Thử,province,,,,,,"
COMMUNE = "xa-a,xã A Sao,commune,tinh,,huyện Cũ,,0000000001,"
HAMLET = "xa-a-1,thôn Một,hamlet,xa-a,,,120,,"


@pytest.fixture(scope="module")
def areas() -> Areas:
    return load_areas(SHIPPED / "areas.csv")


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("Xã Suối Gương", ["suoi-guong"]),  # as it is
        ("suoi guong", ["suoi-guong"]),  # no marks
        ("suoiguong", ["suoi-guong"]),  # no spaces
        ("dạ em ở xã suối gươn ạ", ["suoi-guong"]),  # a letter short, in a sentence
        ("muong lahn", ["muong-lanh"]),  # two letters swapped
        ("x. bản mây", ["ban-may"]),  # a short form; "bản" is part of the name
        ("xã Vườn Cau", ["suoi-guong"]),  # merged into another
        ("na may", ["na-may"]),  # today's commune before the old district of that name
        ("thị xã Bến Sao", ["ben-sao", "cho-mo", "doi-thong"]),  # a district that is gone
        ("xã Khe Trăng huyện Nà Mây", ["khe-trang"]),  # an address from before
        ("cho tôi nhận cảnh báo xã suối gương", ["suoi-guong"]),  # no "khu phố Chợ"
        ("cho toi dang ky nhan canh bao", []),
        ("khu phố chợ", ["song-trang-khu-pho-cho"]),
        ("chợ", ["song-trang-khu-pho-cho"]),
        ("thôn 1 xã Đồng Nắng", ["dong-nang-thon-1"]),  # a hamlet of that commune only
        ("thôn 9 xã Đồng Nắng", ["dong-nang"]),  # a number is never a typing error
        ("tổ dân phố 2", ["ben-sao-to-dan-pho-2", "cho-mo-to-dan-pho-2"]),  # which of them?
        ("tỉnh Mẫu", ["tinh-mau"]),
    ],
)
def test_a_place_is_found_by_what_people_call_it(areas: Areas, typed: str, ids: list[str]) -> None:
    assert [area.id for area in areas.find(typed)] == ids


@pytest.mark.parametrize("typed", ["", "xin chào", "Hà Nội", "đốt pháo phạt bao nhiêu", "xã", "1"])
def test_what_is_no_place_of_ours_finds_none(areas: Areas, typed: str) -> None:
    assert areas.find(typed) == ()


def test_a_match_says_whether_the_name_is_an_old_one(areas: Areas) -> None:
    old, today = areas.match("xã Vườn Cau")[0], areas.match("Suối Gương")[0]

    assert (old.area, old.name, old.old) == (today.area, "xã Vườn Cau", True)
    assert not today.old


def test_the_tree_is_walked_both_ways(areas: Areas) -> None:
    hamlet = areas["dong-nang-thon-1"]

    assert [area.id for area in areas.above(hamlet.id)] == [hamlet.id, "dong-nang", "tinh-mau"]
    assert hamlet in areas.within("dong-nang")
    assert areas.commune(hamlet.id) == areas["dong-nang"]
    assert areas.commune("tinh-mau") is None
    assert len(areas.within("tinh-mau")) == len(areas)


def test_households_add_up(areas: Areas) -> None:
    hamlets = [each for each in areas.within("tinh-mau") if each.kind is Kind.HAMLET]

    assert areas.households("tinh-mau") == sum(each.households for each in hamlets) > 0


def test_the_shipped_province_says_that_it_is_a_sample(areas: Areas) -> None:
    assert areas.sample
    assert "dữ liệu mẫu" in areas.province.name
    assert all(area.duty.startswith("0000") for area in areas.communes)


def test_a_folder_of_ones_own_replaces_the_whole_tree(tmp_path: Path) -> None:
    (tmp_path / "areas.csv").write_text("\n".join((HEAD, PROVINCE, COMMUNE, HAMLET)), "utf-8")

    areas = load_knowledge(tmp_path).areas

    assert set(areas) == {"tinh", "xa-a", "xa-a-1"}
    assert not areas.sample


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["id,name"], "1: dòng đầu"),
        ([HEAD, COMMUNE], "2: parent phải là"),
        ([HEAD, PROVINCE, PROVINCE], "3: trùng id"),
        ([HEAD, PROVINCE, COMMUNE, COMMUNE.replace("xa-a", "xa-b")], "4: trùng tên"),
        ([HEAD, PROVINCE, HAMLET.replace("xa-a,", "tinh,")], "3: parent phải là"),
        ([HEAD, PROVINCE, "Xã A,xã A,commune,tinh,,,,,"], "3: id «Xã A»"),
        ([HEAD, PROVINCE, "xa-a,xã A,village,tinh,,,,,"], "3: kind là"),
        ([HEAD, PROVINCE, "xa-a,xã A,commune,tinh,,,nhiều,,"], "3: households"),
        ([HEAD, PROVINCE, "xa-a,xã A,commune,tinh,,,,gọi xã,"], "3: hotline"),
        ([HEAD, PROVINCE, "xa-a,xã A"], "3: dòng phải có"),
        ([HEAD], "1: cần đúng một"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, lines: list[str], fault: str) -> None:
    path = tmp_path / "areas.csv"
    path.write_text("\n".join(lines), "utf-8")

    with pytest.raises(KnowledgeError) as raised:
        load_areas(path)

    assert any(f"areas.csv:{fault}" in str(each) for each in raised.value.faults)
