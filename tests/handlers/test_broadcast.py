"""The rules of a broadcast's life: two officers, the right area, nothing changed after approval."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.console.warnings.kit import hamlets_of
from handlers import broadcast as rules
from handlers.broadcast import Broadcast, Stage, communes_of
from handlers.errors import Refusal
from handlers.officer import Officer, Role
from knowledge.areas import Areas
from tests.shipped import KNOWLEDGE

NOW = datetime(2027, 2, 5, 9, 0, tzinfo=UTC)
AREAS: Areas = KNOWLEDGE.areas


def officer(id: str, role: Role = Role.COMMUNE, area: str = "suoi-guong") -> Officer:
    return Officer(id=id, login=id, name=id, role=role, area=area)


HOA, NAM = officer("hoa"), officer("nam")
DUTY = officer("truc", Role.DUTY)
ELSEWHERE = officer("xa", area="na-may")
PROVINCE = officer("tinh", Role.PROVINCE, "tinh-mau")
ADMIN = officer("admin", Role.ADMIN, "tinh-mau")
DRAFT = Broadcast(id="b1", author="hoa", text="Không đốt pháo.", areas=("suoi-guong",))
SUBMITTED = replace(DRAFT, stage=Stage.SUBMITTED)
APPROVED = replace(DRAFT, stage=Stage.APPROVED, approver="nam")
SENDING = replace(APPROVED, stage=Stage.SENDING)


def test_one_writes_another_approves_the_clock_sends() -> None:
    draft = rules.compose(DRAFT, HOA, AREAS, NOW)
    submitted = rules.submit(draft, HOA, AREAS, NOW)
    approved = rules.approve(submitted, NAM, AREAS, NOW)
    done = rules.finish(rules.start(approved, NOW), NOW)

    assert (approved.stage, approved.approver) == (Stage.APPROVED, "nam")
    assert (done.stage, done.started, done.ended) == (Stage.DONE, NOW, NOW)


@pytest.mark.parametrize(
    ("act", "key"),
    [
        (lambda: rules.approve(SUBMITTED, HOA, AREAS, NOW), "four_eyes"),  # the author
        (lambda: rules.approve(SUBMITTED, ELSEWHERE, AREAS, NOW), "not_yours"),  # another commune
        (lambda: rules.approve(SUBMITTED, ADMIN, AREAS, NOW), "not_yours"),  # keeps accounts only
        (lambda: rules.approve(DRAFT, NAM, AREAS, NOW), "is.draft"),  # not submitted yet
        (lambda: rules.approve(SENDING, NAM, AREAS, NOW), "is.sending"),
        (lambda: rules.compose(replace(DRAFT, areas=()), HOA, AREAS, NOW), "not_yours"),  # all
        (lambda: rules.submit(replace(DRAFT, text=" "), HOA, AREAS, NOW), "empty"),
        (lambda: rules.submit(replace(DRAFT, text="a" * 2001), HOA, AREAS, NOW), "too_long"),
        (lambda: rules.submit(replace(DRAFT, sms="có dấu"), HOA, AREAS, NOW), "sms"),
        (
            lambda: rules.submit(replace(DRAFT, at=NOW - timedelta(hours=1)), HOA, AREAS, NOW),
            "past",
        ),
        (lambda: rules.edit(SENDING, HOA, AREAS, text="khác"), "too_late"),
        (lambda: rules.edit(APPROVED, NAM, AREAS, text="khác"), "own_approval"),
        (lambda: rules.break_glass(DRAFT, DUTY, AREAS, NOW), "glass_urgent"),  # not urgent
        (
            lambda: rules.break_glass(replace(DRAFT, urgent=True), HOA, AREAS, NOW),
            "glass_role",
        ),
        (lambda: rules.pause(APPROVED, HOA, AREAS), "is.approved"),
        (lambda: rules.cancel(replace(DRAFT, stage=Stage.DONE), HOA, AREAS, NOW), "over"),
        (lambda: rules.correction(APPROVED, "b2", "Xin lỗi", HOA, AREAS, NOW), "not_sent"),
    ],
)
def test_what_is_against_the_rules_is_refused(act: Callable[[], Broadcast], key: str) -> None:
    with pytest.raises(Refusal) as refused:
        act()

    assert refused.value.key == f"broadcast.{key}"


@pytest.mark.parametrize("stage", [Stage.SUBMITTED, Stage.APPROVED])
def test_a_change_voids_the_approval(stage: Stage) -> None:
    changed = rules.edit(replace(APPROVED, stage=stage), HOA, AREAS, text="Không chơi pháo.")

    assert (changed.stage, changed.approver, changed.approved) == (Stage.DRAFT, None, None)


def test_the_province_approves_for_a_commune_but_not_its_own() -> None:
    assert rules.approve(SUBMITTED, PROVINCE, AREAS, NOW).approver == "tinh"
    with pytest.raises(Refusal):
        rules.approve(replace(SUBMITTED, author="tinh"), PROVINCE, AREAS, NOW)


def test_a_broken_glass_stays_seen() -> None:
    sent = rules.break_glass(replace(DRAFT, urgent=True), DUTY, AREAS, NOW)

    assert (sent.stage, sent.glass, sent.approver) == (Stage.APPROVED, True, None)
    assert rules.start(sent, NOW).glass


@pytest.mark.parametrize("stage", [Stage.PAUSED, Stage.HALTED])
def test_what_stopped_goes_on(stage: Stage) -> None:
    assert rules.resume(replace(SENDING, stage=stage), HOA, AREAS).stage is Stage.SENDING


def test_a_correction_is_a_draft_of_its_own() -> None:
    correction = rules.correction(SENDING, "b2", "Tin trước sai giờ.", HOA, AREAS, NOW)

    assert (correction.corrects, correction.stage, correction.urgent) == ("b1", Stage.DRAFT, True)


def test_the_communes_of_a_broadcast_are_each_named_once() -> None:
    assert rules.communes_of(DRAFT, AREAS) == ("suoi-guong",)
    everywhere = rules.communes_of(replace(DRAFT, areas=("tinh-mau", "na-may")), AREAS)
    assert set(everywhere) == {area.id for area in AREAS.communes}
    assert len(everywhere) == len(AREAS.communes)


def test_whoever_changed_the_words_last_does_not_approve_them() -> None:
    """Else two officers' names would stand on words that only one has seen."""
    changed = rules.edit(DRAFT, NAM, AREAS, text="Đốt pháo thoải mái.")
    submitted = rules.submit(changed, NAM, AREAS, NOW)

    with pytest.raises(Refusal) as refusal:
        rules.approve(submitted, NAM, AREAS, NOW)
    assert refusal.value.key == "broadcast.four_eyes"
    assert rules.approve(submitted, HOA, AREAS, NOW).approver == "hoa"


def test_a_hamlets_warning_goes_to_its_commune_and_to_its_own_heads() -> None:
    hamlet = replace(DRAFT, areas=("suoi-guong-thon-vuon-cau",))
    commune = replace(DRAFT, areas=("suoi-guong",))
    both = replace(DRAFT, areas=("na-may", "suoi-guong-thon-vuon-cau"))

    assert communes_of(hamlet, AREAS) == communes_of(commune, AREAS) == ("suoi-guong",)
    assert [each.id for each in hamlets_of(hamlet, AREAS)] == ["suoi-guong-thon-vuon-cau"]
    assert len(hamlets_of(commune, AREAS)) > 3
    assert {each.parent for each in hamlets_of(both, AREAS)} == {"na-may", "suoi-guong"}
    assert sum(each.parent == "suoi-guong" for each in hamlets_of(both, AREAS)) == 1
    assert rules.compose(hamlet, HOA, AREAS, NOW).areas == hamlet.areas
    with pytest.raises(Refusal):
        rules.compose(hamlet, ELSEWHERE, AREAS, NOW)
