"""Who works at the desk: an officer, the role and the area; what a role may do is decided by these alone."""

from dataclasses import dataclass
from enum import StrEnum

PROVINCE_WIDE = frozenset({"province", "admin"})


class Role(StrEnum):
    """A commune officer writes warnings and reads the commune's tips; a duty officer does so round the clock;
    the province sees its communes; an admin keeps accounts and knowledge, and holds no unit's key."""

    COMMUNE = "commune"
    DUTY = "duty"
    PROVINCE = "province"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """An officer who may act: `area` is an area's id, and the unit whose tips the officer reads."""

    id: str
    login: str
    name: str
    role: Role
    area: str

    @property
    def province_wide(self) -> bool:
        """Whether the officer acts for every commune."""
        return self.role in PROVINCE_WIDE

    @property
    def reads_tips(self) -> bool:
        """Whether the officer holds a key of the area's unit."""
        return self.role is not Role.ADMIN
