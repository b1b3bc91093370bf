"""The receipt code as people see and type it: twenty digits and two that catch a typing error (ISO 7064, mod 97-10)."""

import re

DIGITS = 20
CHECK = 2
GROUPS = (4, 4, 4, 4, 6)  # digits of each group as shown; the last holds the check digits
JOINTS = re.compile(r"[\s.\-–_,]+")


def with_check(digits: str) -> str:
    """The twenty digits and the two that make the whole leave 1 by 97."""
    return f"{digits}{98 - int(digits + '00') % 97:02d}"


def shown(digits: str) -> str:
    """The code of twenty digits in groups: "1234 5678 9012 3456 789031"."""
    code, parts, at = with_check(digits), [], 0
    for size in GROUPS:
        parts.append(code[at : at + size])
        at += size
    return " ".join(parts)


def digits_of(text: str) -> str | None:
    """The twenty digits of a typed code, however it is grouped; None where it can't be one."""
    typed = JOINTS.sub("", text)
    if len(typed) != DIGITS + CHECK or not (typed.isascii() and typed.isdecimal()):
        return None
    return typed[:DIGITS] if int(typed) % 97 == 1 else None


def looks_like_code(text: str) -> bool:
    """Whether somebody meant to type a code, right or wrong."""
    typed = JOINTS.sub("", text)
    return typed.isascii() and typed.isdecimal() and DIGITS <= len(typed) <= DIGITS + CHECK + 2


def last_group(digits: str) -> str:
    """The digits that are typed back, to show that the code was kept."""
    return with_check(digits)[-GROUPS[-1] :]
