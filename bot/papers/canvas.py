"""One surface for what is printed and what is passed on: the same layout becomes a PNG or a PDF.

Lengths are millimetres from the upper left corner; a size of letters is the height of their em.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Protocol

from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parent.parent / "web" / "static" / "vendor" / "be-vietnam-pro"
CUTS = {False: "400Regular", True: "700Bold"}
INCH = 25.4  # millimetres
POINT = INCH / 72
EM = 1000  # units in which a font is measured

Colour = tuple[int, int, int]
INK: Colour = (28, 25, 23)
PALE: Colour = (90, 84, 80)
RED: Colour = (143, 29, 33)
CREAM: Colour = (253, 246, 236)
WHITE: Colour = (255, 255, 255)
LINE: Colour = (200, 192, 184)


class Canvas(Protocol):
    """What a layout may do."""

    width: float
    height: float

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None: ...

    def words(
        self, x: float, y: float, text: str, size: float, *, bold: bool, colour: Colour
    ) -> None:
        """One line; `y` is where its letters stand."""

    def new_page(self) -> None:
        """Go on on an empty page; a picture has only one."""


class Png:
    """A picture of one page."""

    def __init__(self, width: float, height: float, dpi: float = 150) -> None:
        self.width, self.height = width, height
        self._scale = dpi / INCH
        self._dpi = dpi
        self._image = Image.new("RGB", (self._px(width), self._px(height)), WHITE)
        self._draw = ImageDraw.Draw(self._image)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        left, top = self._px(x), self._px(y)
        right, bottom = self._px(x + width) - 1, self._px(y + height) - 1
        self._draw.rectangle((left, top, max(left, right), max(top, bottom)), fill=colour)

    def words(
        self, x: float, y: float, text: str, size: float, *, bold: bool, colour: Colour
    ) -> None:
        font = _font(bold, max(1, self._px(size)))
        self._draw.text((x * self._scale, y * self._scale), text, colour, font, anchor="ls")

    def new_page(self) -> None:
        raise ValueError("a picture has one page")

    def bytes(self) -> bytes:
        out = BytesIO()
        self._image.save(out, "PNG", optimize=True, dpi=(self._dpi, self._dpi))
        return out.getvalue()

    def _px(self, millimetres: float) -> int:
        return round(millimetres * self._scale)


class Pdf:
    """A document of as many pages as the layout asks for."""

    def __init__(self, width: float = 210, height: float = 297, *, title: str = "") -> None:
        self.width, self.height = width, height
        self._pdf = FPDF(unit="mm", format=(width, height))
        self._pdf.set_auto_page_break(False)
        self._pdf.set_title(title)
        self._pdf.set_lang("vi")
        for bold, cut in CUTS.items():
            self._pdf.add_font("Be Vietnam Pro", "B" if bold else "", FONTS / f"{cut}.ttf")
        self._pdf.add_page()

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        self._pdf.set_fill_color(*colour)
        self._pdf.rect(x, y, width, height, style="F")

    def words(
        self, x: float, y: float, text: str, size: float, *, bold: bool, colour: Colour
    ) -> None:
        self._pdf.set_font("Be Vietnam Pro", "B" if bold else "", size / POINT)
        self._pdf.set_text_color(*colour)
        self._pdf.text(x, y, text)

    def new_page(self) -> None:
        self._pdf.add_page()

    def bytes(self) -> bytes:
        return bytes(self._pdf.output())


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one weight."""

    text: str
    bold: bool = False


def measure(text: str, size: float, bold: bool) -> float:
    """How wide a line is."""
    return _ems(text, bold) * size


@lru_cache(maxsize=4096)  # a text is measured again and again until it fits
def _ems(text: str, bold: bool) -> float:
    return _font(bold, EM).getlength(text) / EM


@cache
def _font(bold: bool, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"{CUTS[bold]}.ttf", pixels)
