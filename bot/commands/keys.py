"""`binhan keys`: the province's escrow key, without which a unit whose officers all forget loses its tips."""

from pathlib import Path

import click

from bot import escrow
from bot.commands.officer import Office, run
from bot.commands.options import config_option
from bot.config import read_config
from bot.escrow import CARDS, NEEDED, BadCards
from bot.sealing import Forged, Keys, seal_key, unseal_key
from bot.store.audit import NOBODY
from bot.store.officers import Officers, State
from bot.store.units import Units

IN_ROW = 6  # words of a card in a line


@click.group(short_help="Khoá ký gửi của tỉnh.")
def keys() -> None:
    """Tạo, cài và dùng khoá ký gửi của tỉnh."""


@keys.command(epilog="Ví dụ: binhan keys ceremony --out khoa-ky-gui.txt")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True,
    help="Tệp công khai để mang sang máy chủ.",
)  # fmt: skip
def ceremony(out: Path) -> int:
    """Tạo khoá trên máy KHÔNG nối mạng: ba thẻ giấy cho ba người; thử lại bằng hai thẻ trước khi xong."""
    made, cards = escrow.fresh()
    click.echo(
        "Mỗi người chép thẻ của mình ra giấy, không chụp ảnh, không lưu máy. Hai thẻ bất kỳ mở được khoá."
    )
    for number, card in enumerate(cards, 1):
        click.echo(f"\nTHẺ {number}/{CARDS}")
        click.echo(in_rows(card))
        click.prompt("Chép xong và cất thẻ, bấm Enter", default="", show_default=False)
        click.clear()
    click.echo(f"Thử lại: gõ {NEEDED} thẻ bất kỳ (chỉ cần bốn chữ đầu của mỗi từ).")
    if ask_cards().private != made.private:
        raise click.UsageError("hai thẻ không cho lại khoá này; hãy làm lại từ đầu")
    out.write_text(escrow.to_file(made.pub), "utf-8")
    click.echo(f"✓ Hai thẻ cho lại đúng khoá. Dãy số của khoá: {escrow.fingerprint(made.pub)}")
    click.echo("  Ghi dãy số vào biên bản, có chữ ký của ba người giữ thẻ.")
    click.echo(f"  Mang {out} sang máy chủ và chạy: binhan keys install {out}")
    return 0


@keys.command(epilog="Ví dụ: binhan keys install khoa-ky-gui.txt")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@config_option
def install(file: Path, config_path: Path | None) -> int:
    """Cài khoá ký gửi (phần công khai); các đơn vị sẽ được mời ký gửi khoá của mình."""
    config = read_config(config_path)
    pub = escrow.from_file(file.read_text("utf-8", "replace"))
    if pub is None:
        raise click.UsageError(f"{file}: không phải tệp của binhan keys ceremony")

    async def work(office: Office) -> None:
        await Units(office.tx).set_escrow(pub, int(office.now.timestamp()))
        await office.audit(office.tx, office.now, NOBODY, "escrow_install")

    run(config, work)
    click.echo(f"✓ Đã cài. Đối chiếu dãy số với biên bản: {escrow.fingerprint(pub)}")
    return 0


@keys.command(epilog="Ví dụ: binhan keys restore --unit ben-sao --officer lan.nt")
@click.option("--unit", required=True, help="Mã đơn vị (xã hoặc tỉnh).")
@click.option("--officer", "login", required=True, help="Cán bộ của đơn vị được nhận lại khoá.")
@config_option
def restore(unit: str, login: str, config_path: Path | None) -> int:
    """Khi cả đơn vị mất khoá: hai người giữ thẻ mở khoá ký gửi và trao lại khoá cho một cán bộ."""
    config = read_config(config_path)
    opened = ask_cards()

    async def work(office: Office) -> int:
        account = await Officers(office.tx).by_login(login)
        own = await Officers(office.tx).keys(account.officer.id) if account else None
        if account is None or own is None or account.state is not State.ACTIVE:
            raise click.UsageError(f"«{login}» chưa nhận tài khoản; mời lại rồi chạy lại lệnh này")
        if account.officer.area != unit or not account.officer.reads_tips:
            raise click.UsageError(f"«{login}» không thuộc đơn vị «{unit}»")
        units = Units(office.tx)
        kept = await units.in_escrow(unit, opened.pub)
        for row in kept:
            private = opened_with(opened, row["sealed_priv"])
            await units.share(unit, row["epoch"], account.officer.id, seal_key(private, own.x_pub))
        await office.audit(office.tx, office.now, NOBODY, "escrow_restore", f"{unit}/{login}")
        return len(kept)

    count = run(config, work)
    if not count:
        raise click.UsageError(f"«{unit}» chưa ký gửi khoá nào bằng khoá này")
    click.echo(f"✓ «{login}» nhận lại {count} khoá của «{unit}». Việc này đã ghi vào nhật ký.")
    return 0


def ask_cards() -> Keys:
    """The key of two cards that are typed in."""
    typed = [click.prompt(f"Thẻ thứ {number}", hide_input=False) for number in range(1, NEEDED + 1)]
    try:
        return escrow.restored(typed)
    except BadCards:
        raise click.UsageError(
            "hai thẻ này không hợp lệ hoặc không cùng một khoá; hãy gõ lại"
        ) from None


def opened_with(opened: Keys, sealed: bytes) -> bytes:
    try:
        return unseal_key(opened, bytes(sealed))
    except Forged:
        raise click.UsageError(
            "khoá ký gửi trong cơ sở dữ liệu không mở được: dữ liệu đã bị sửa"
        ) from None


def in_rows(card: str) -> str:
    """The words of a card, numbered, six a line."""
    words = [f"{number:>2} {word:<9}" for number, word in enumerate(card.split(), 1)]
    return "\n".join(" ".join(words[at : at + IN_ROW]) for at in range(0, len(words), IN_ROW))
