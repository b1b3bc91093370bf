"""Sample tips of `serve --demo`, sealed as a citizen's would be; each says that it is a sample."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot import sealing
from bot.sealing import Keys, fresh_id, fresh_keys
from bot.store.database import Transaction
from bot.store.units import Units

MARK = "[TIN MẪU, KHÔNG CÓ THẬT] "


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a made-up citizen tells; `ago`: days before today."""

    ago: int
    words: tuple[str, ...]
    matter: str
    urgent: bool = False
    more: dict[str, Any] = field(default_factory=dict)


SAMPLES = (
    Sample(
        ago=0,
        matter="fireworks",
        urgent=True,
        words=("Tối nay nhóm thanh niên ở khu nhà kho sau chợ định bắn pháo nổ lúc 10 giờ.",),
    ),
    Sample(
        ago=1,
        matter="violence",
        words=("Anh rể tôi uống rượu là đánh vợ con, đêm qua chị tôi phải sang nhà hàng xóm ngủ.",),
        more={"household": True},
    ),
    Sample(
        ago=2,
        matter="gambling",
        words=(
            "Quán nước gần bến xe cũ tối nào cũng có người đánh bạc ở gác hai, từ 9 giờ đến khuya.",
            "Khoảng sáu, bảy người, xe máy để kín ngõ.",
        ),
    ),
    Sample(
        ago=3,
        matter="gambling",
        words=(
            "Gác hai quán nước gần bến xe cũ tối nào cũng có người đánh bạc ở gác hai, ồn lắm.",
        ),
    ),
    Sample(
        ago=9,
        matter="black-credit",
        words=("Có nhóm người đi dán tờ rơi cho vay không thế chấp ở cột điện đầu thôn.",),
    ),
)


async def unit_with_keys(
    tx: Transaction, unit: str, members: dict[str, bytes], today: date
) -> Keys:
    """A unit's first key, sealed to its members (officer → public key), as the first officer's browser makes it."""
    pair = fresh_keys()
    sealed = {id: sealing.seal_key(pair.private, pub) for id, pub in members.items()}
    await Units(tx).begin_epoch(unit, pair.pub, sealed, today)
    return pair


async def put_tip(
    tx: Transaction, sample: Sample, units: dict[str, bytes], today: date
) -> tuple[str, Keys]:
    """A tip of a sample: `units` are the unit that works on it and then those that wait, with their public keys.

    The tip's id, and the pair of its receipt.
    """
    tip, keys, receipt = fresh_id(), fresh_keys(), fresh_keys()
    day = (today - timedelta(days=sample.ago)).isoformat()
    await tx.run(
        "INSERT INTO tip (id, unit, state, urgent, day, pub) VALUES ($1, $2, 'new', $3, $4, $5)",
        tip,
        next(iter(units)),
        int(sample.urgent),
        day,
        keys.pub,
    )
    for place, (unit, pub) in enumerate(units.items()):
        await tx.run(
            "INSERT INTO tip_key (tip, unit, epoch, sealed, dormant) VALUES ($1, $2, 1, $3, $4)",
            tip,
            unit,
            sealing.seal_key(keys.private, pub),
            int(place > 0),
        )
    await tx.run(
        "INSERT INTO tip_reply_key (lookup, tip, pub) VALUES ($1, $2, $3)",
        fresh_id(),
        tip,
        receipt.pub,
    )
    head = {"channel": "web", "sealed_by": "browser", "kind": sample.matter, **sample.more}
    bodies = [("tip", head), *(("part", {"text": text}) for text in sample.words)]
    for seq, (kind, body) in enumerate(bodies):
        sealed = sealing.seal(keys.pub, tip=tip, kind=kind, seq=seq, day=day, body=body)
        await tx.run(
            "INSERT INTO tip_message (id, tip, kind, seq, day, body) VALUES ($1, $2, $3, $4, $5, $6)",
            fresh_id(),
            tip,
            kind,
            seq,
            day,
            sealed,
        )
    return tip, receipt
