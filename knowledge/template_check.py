"""What is wrong with a warning's template, held against the articles and hotlines of a day."""

from collections.abc import Iterator, Mapping
from datetime import date

from knowledge.article import Article
from knowledge.campaign import TEXT, TOPICS
from knowledge.figures import Kind, figures
from knowledge.hotlines import Hotline
from knowledge.readable import unreadable
from knowledge.sms import SMS, length
from knowledge.spoken import spoken
from knowledge.templates import GIVEN, KINDS, Template
from knowledge.texts import placeholders

SAMPLE = {"xa": "Xã Đồng Mẫu Thượng", "dien_thoai": "0263 3822 113"}
LAW = 220  # letters that an article's short answer may take
ARGUABLE = (Kind.SUM, Kind.MEASURE)  # figures that only the law may say


def template_faults(
    template: Template,
    articles: Mapping[str, Article],
    hotlines: Mapping[str, Hotline],
    today: date,
) -> Iterator[str]:
    """What would make a warning of it wrong, unreadable, or not fit: each a sentence with its remedy."""
    try:
        wanted = placeholders(template.text) | placeholders(template.sms)
    except ValueError:
        yield "dấu { } không khớp: mỗi ô viết {tên_ô}"
        return
    if unknown := wanted - {*GIVEN, *template.fields}:
        yield f"ô «{', '.join(sorted(unknown))}» chưa có: thêm [field.…] hoặc sửa tên"
    if template.topic not in TOPICS:
        yield f"topic là một trong: {', '.join(TOPICS)}"
    if kinds := {field.kind for field in template.fields.values()} - {*KINDS}:
        yield f"kind «{', '.join(sorted(kinds))}» không có: chỉ có {', '.join(KINDS)}"
    yield from _law_faults(template, articles, today)
    yield from _word_faults(template, articles, today)
    yield from _figure_faults(template, hotlines)


def _law_faults(template: Template, articles: Mapping[str, Article], today: date) -> Iterator[str]:
    if bool(template.law) != ("luat" in placeholders(template.text)):
        yield "law và {luat} phải đi cùng nhau"
    article = articles.get(template.law)
    if template.law and (article is None or article.on(today) is None):
        yield f"law chỉ tới bài «{template.law}», không có hoặc hôm nay không còn hiệu lực"


def _word_faults(template: Template, articles: Mapping[str, Article], today: date) -> Iterator[str]:
    """Measured as filled with the fields' examples."""
    sample = SAMPLE | {name: field.hint for name, field in template.fields.items()}
    text, sms = template.filled(sample, articles, today)
    if len(text) > TEXT:
        yield f"text dài {len(text)} ký tự khi điền ví dụ, tối đa {TEXT}"
    if len(template.text) > TEXT - bool(template.law) * LAW:
        yield f"text dài {len(template.text)} ký tự, không đủ chỗ cho điều luật dài {LAW}"
    if not template.sms.isascii() or length(sms) > SMS:
        yield f"sms phải không dấu và tối đa {SMS} ký tự (đang {length(sms)} khi điền ví dụ)"
    yield from unreadable(text)
    if left := [word for word in spoken(text).split() if any(c.isdecimal() for c in word)]:
        yield f"loa không đọc được «{' '.join(left)}»: viết lại số này"


def _figure_faults(template: Template, hotlines: Mapping[str, Hotline]) -> Iterator[str]:
    told, short = figures(template.text), figures(template.sms)
    for figure in sorted(told | short):
        if figure.kind in ARGUABLE:
            yield f"số «{figure.shown}»: mức của luật chỉ được lấy từ bài, bằng law và {{luat}}"
        if figure.kind is Kind.PHONE and figure.value not in hotlines:
            yield f"số gọi «{figure.value}» không có trong hotlines.toml"
    for figure in sorted(short - told):
        yield f"sms nói «{figure.shown}» mà text không nói"
