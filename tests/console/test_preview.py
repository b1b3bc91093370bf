"""What the page shows of a warning is what each channel's own render makes of it."""

from bot.channels.telegram.render import render as telegram_parts
from bot.console.warnings.preview import lines_of_html, previews
from handlers.message import Button, Speech
from tests.fakes.telegram import shown

WARNING = Speech(
    "**Cháy & khói < 5 m.** Gọi 114.\n\n- Ra ngoài.\n- Không quay lại.",
    (Button("Đã nhận ✓", press="s:received@ok.b1"),),
    ("114",),
)


def words(preview: dict) -> list[str]:  # type: ignore[type-arg]
    return [
        "".join(run["text"] for run in line)
        for message in preview["messages"]
        for line in message["lines"]
    ]


def test_each_channel_is_shown_in_order_with_its_button() -> None:
    found = previews(WARNING, ("zalo_oa", "telegram", "web", "terminal"), "https://a.example.vn")

    assert [each["channel"] for each in found] == ["zalo_oa", "telegram", "web"]
    for each in found:
        assert words(each) == [
            "Cháy & khói < 5 m. Gọi 114.",
            "",
            "• Ra ngoài.",
            "• Không quay lại.",
        ]
        assert "Đã nhận ✓" in each["messages"][-1]["buttons"]


def test_telegram_and_web_show_weight_and_numbers_to_ring_zalo_has_neither() -> None:
    zalo, telegram, web = previews(WARNING, ("zalo_oa", "telegram", "web"), "")

    for each in (telegram, web):
        runs = each["messages"][0]["lines"][0]
        assert [run["text"] for run in runs if run["bold"]] == ["Cháy & khói < 5 m."]
        assert [run["text"] for run in runs if run["link"]] == ["114"]
    assert not any(run["bold"] or run["link"] for run in zalo["messages"][0]["lines"][0])


def test_it_reads_as_the_real_server_would_show_it() -> None:
    part = telegram_parts(WARNING)[0]

    text = "\n".join("".join(run["text"] for run in line) for line in lines_of_html(part["text"]))

    assert text == shown(part["text"], part["parse_mode"])


def test_a_long_warning_is_shown_in_as_many_messages_as_it_takes() -> None:
    (zalo,) = previews(Speech("Bà con chú ý. " * 200), ("zalo_oa",), "")

    assert len(zalo["messages"]) == 2
