"""`binhan backup` and `binhan restore`: copies that only an offline key opens."""

import asyncio
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from bot.archive import new_identity
from bot.backup import KEYS, back_up, note_ended
from bot.backup import restore as bring_back
from bot.commands.options import config_option
from bot.config import read_config

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(
    epilog="Ví dụ: binhan backup --to /mnt/sao-luu --recipient age1…",
    short_help="Sao lưu, mã hóa cho một khóa cất ngoài máy.",
)
@click.option("--to", "folder", type=FOLDER, help="Thư mục đặt bản sao.")
@click.option(
    "--recipient", "recipients", multiple=True, help="Khóa công khai age1…; có thể nêu vài khóa."
)
@click.option("--ended", is_flag=True, help="Chỉ ghi điều đã chấm dứt (nhỏ; nên chạy mỗi giờ).")
@click.option(
    "--new-key",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Tạo khóa riêng vào tệp này rồi thôi; cất tệp ngoài máy.",
)
@config_option
def backup(
    folder: Path | None,
    recipients: tuple[str, ...],
    ended: bool,
    new_key: Path | None,
    config_path: Path | None,
) -> int:
    """Sao lưu cơ sở dữ liệu, tệp đính kèm và bí mật; chìa của tin báo để riêng, giữ 7 ngày.

    Máy chủ vẫn chạy trong lúc sao lưu. Chỉ người giữ khóa riêng mở được bản sao.
    """
    if new_key:
        public = new_identity(new_key)
        click.echo(
            f"Khóa riêng: {new_key} (chỉ bạn đọc được). Cất ra USB để ngoài máy, rồi xóa ở đây."
        )
        click.echo(f"Khóa công khai, dùng cho --recipient: {public}")
        return 0
    if folder is None or not recipients:
        raise click.UsageError("cần --to và --recipient; chưa có khóa: binhan backup --new-key TỆP")
    config, now = read_config(config_path), datetime.now(UTC)
    write = note_ended if ended else partial(back_up, told=_progress)
    for file in asyncio.run(write(config, folder, recipients, now)):
        click.echo(f"{file}  {file.stat().st_size / 1024:,.0f} KB")
    return 0


@click.command(
    epilog="Ví dụ: binhan restore --key khoa.txt /mnt/sao-luu/binhan-20270201-020000.tar.age",
    short_help="Khôi phục một bản sao vào nơi trống.",
)
@click.argument("copy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tệp khóa riêng (AGE-SECRET-KEY-…).",
)
@config_option
def restore(copy: Path, key_file: Path, config_path: Path | None) -> int:
    """Khôi phục vào cơ sở dữ liệu trống (SQLite hay PostgreSQL, tùy cấu hình).

    Chìa của tin báo và danh sách điều đã chấm dứt được tìm ngay cạnh bản sao. Hệ thống khôi phục bắt đầu ở thế
    tạm dừng: không cảnh báo nào tự gửi, người đã dừng nhận không bị gửi lại, tin đã hủy không sống lại.
    """
    config = read_config(config_path)
    identity = key_file.read_text("utf-8", "replace")
    done = asyncio.run(bring_back(config, copy, identity, _progress))
    click.echo(f"Đã khôi phục {done.rows:,} dòng, {done.files:,} tệp đính kèm.")
    click.echo(
        f"Không đưa trở lại: {done.buried} tin báo đã hủy, {done.stopped} người đã dừng nhận."
    )
    click.echo(
        f"Tạm dừng {done.paused} cảnh báo, {done.unknown} lượt gửi chưa rõ kết quả:"
        " cán bộ xem lại ở bàn làm việc trước khi gửi tiếp."
    )
    if not done.keys:
        click.echo(
            f"Không có tệp «{KEYS}» cạnh bản sao: tin báo trong bản này không mở được.", err=True
        )
    return 0


def _progress(name: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r… {name:<60.60}", err=True, nl=False)
