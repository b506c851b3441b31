"""Stage, complete stage and the way up: every rule, with its ties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.model import Answer, Level, NoLevel
from assessment.scoring import lift, standing

DISCIPLINES = ("a", "b", "c", "d", "e", "f", "g")
DONT_KNOW, NOT_APPLICABLE = NoLevel

answers_of_seven = st.lists(st.sampled_from([*Level, *NoLevel]), min_size=7, max_size=7)


def answered(*answers: int | Answer) -> dict[str, Answer]:
    levels = (one if isinstance(one, NoLevel) else Level(one) for one in answers)
    return dict(zip(DISCIPLINES, levels, strict=False))


@pytest.mark.parametrize(
    "answers, stage",
    [
        ((300, 300, 300, 300, 100, 100, 100), 300),  # four of seven
        ((300, 300, 300, 100, 100, 100, 100), 100),  # three of seven are not more than half
        ((500, 500, 500, 200, 200, 200, 100), 200),  # what is above 200 has reached 200 too
        ((100, 200, 300, 400, 500, 500, 500), 400),
        ((400, 400, 200, 200), 200),  # two of four are not more than half
        ((400, 400, 400, 200), 400),
        ((500,) * 7, 500),
        ((100,) * 7, 100),
        ((300, 300, 300, DONT_KNOW, DONT_KNOW, 200, DONT_KNOW), 300),  # three of the four that count
        ((300, 300, 300, NOT_APPLICABLE, DONT_KNOW, 200, 200), 300),  # three of five
    ],
)
def test_the_stage_is_what_more_than_half_have_reached(answers: tuple[int, ...], stage: int) -> None:
    """Don't-know and not-applicable count in neither part of the fraction."""
    assert standing(answered(*answers), DISCIPLINES).stage == stage


@pytest.mark.parametrize(
    "answers, missing",
    [((), 4), ((300,), 3), ((300, 300, 300), 1), ((300, 300, 300, DONT_KNOW, NOT_APPLICABLE), 1)],
)
def test_fewer_than_half_name_no_stage(answers: tuple[int, ...], missing: int) -> None:
    """With fewer than half of the disciplines answered there is no stage, no complete stage, no way up."""
    stands = standing(answered(*answers), DISCIPLINES)

    assert (stands.stage, stands.complete_stage, stands.held_back_by, lift(stands)) == (None, None, (), None)
    assert stands.missing == missing


def test_exactly_half_is_enough() -> None:
    """Three of six disciplines name a stage, two do not."""
    assert standing(answered(200, 200, 200), DISCIPLINES[:6]).stage == 200
    assert standing(answered(200, 200), DISCIPLINES[:6]).stage is None


def test_answers_to_other_disciplines_do_not_count() -> None:
    """An answer to a discipline the edition does not have changes nothing."""
    assert standing(answered(300, 300) | {"gone": Level.EFFICIENT}, DISCIPLINES[:3]).stage == 300


@pytest.mark.parametrize(
    "answers, complete, held_back_by",
    [
        ((300, 300, 200, 400, 300, 200, 500), 200, ("c", "f")),
        ((300, 400, DONT_KNOW, 500, 300, 400, NOT_APPLICABLE), 300, ("a", "e")),
        ((100, 500, 500, 500, 500, 500, 500), 100, ("a",)),
        ((500,) * 7, 500, ()),
        ((300,) * 7, 300, DISCIPLINES),
    ],
)
def test_the_complete_stage_is_what_all_have_reached(
    answers: tuple[int, ...], complete: int, held_back_by: tuple[str, ...]
) -> None:
    """The lowest level among the answered disciplines, with those that stand at it; none at the top."""
    stands = standing(answered(*answers), DISCIPLINES)

    assert (stands.complete_stage, stands.held_back_by) == (complete, held_back_by)


@pytest.mark.parametrize(
    "answers, target, needed, nearest, certain",
    [
        ((300, 300, 300, 300, 400, 400, 100), 400, 2, ("a", "b", "c", "d"), False),  # two of four
        ((300, 200, 400, 400, 400, 200, 100), 400, 1, ("a",), True),
        ((300, 200, 400, 400, 200, 200, 300), 400, 2, ("a", "g"), True),
        ((300, 200, 200, 400, 400, 200, 300), 400, 2, ("a", "g"), True),
        ((300, 200, 200, 400, 200, 300, 300), 400, 3, ("a", "f", "g"), True),
        ((100,) * 7, 200, 4, DISCIPLINES, False),
        ((100, 100, 100, 100, 200, 200, 200), 200, 1, ("a", "b", "c", "d"), False),
    ],
)
def test_the_way_up_names_the_nearest(
    answers: tuple[int, ...], target: int, needed: int, nearest: tuple[str, ...], certain: bool
) -> None:
    """The fewest disciplines, closest below first; with a tie all that are equally close are named."""
    up = lift(standing(answered(*answers), DISCIPLINES))

    assert up is not None
    assert (up.target, up.needed, up.nearest, up.is_certain) == (target, needed, nearest, certain)


def test_at_the_top_there_is_no_way_up() -> None:
    """Stage 500 has nothing above it, though some disciplines may be lower."""
    stands = standing(answered(500, 500, 500, 500, 100, 100, 100), DISCIPLINES)

    assert (stands.stage, lift(stands)) == (Level.EFFICIENT, None)


@given(answers_of_seven)
def test_what_the_way_up_asks_for_is_enough_and_not_more(answers: list[Answer]) -> None:
    """Raising `needed` of the nearest to the target lifts the stage there; one fewer does not."""
    given_answers = dict(zip(DISCIPLINES, answers, strict=True))
    up = lift(standing(given_answers, DISCIPLINES))
    if up is None:
        return
    for chosen in (up.nearest[: up.needed], up.nearest[-up.needed :]):
        raised = given_answers | dict.fromkeys(chosen, up.target)
        assert standing(raised, DISCIPLINES).stage is up.target
    fewer = given_answers | dict.fromkeys(up.nearest[: up.needed - 1], Level.EFFICIENT)
    assert standing(fewer, DISCIPLINES).stage is not up.target


@given(answers_of_seven, st.sampled_from(DISCIPLINES))
def test_a_higher_answer_never_lowers_the_stage(answers: list[Answer], which: str) -> None:
    """Nobody is punished for getting better."""
    before = dict(zip(DISCIPLINES, answers, strict=True))
    now = before[which]
    if not isinstance(now, Level) or now.next is None:
        return
    after = standing(before | {which: now.next}, DISCIPLINES)

    assert (after.stage or 0) >= (standing(before, DISCIPLINES).stage or 0)
    assert (after.complete_stage or 0) >= (standing(before, DISCIPLINES).complete_stage or 0)


@given(answers_of_seven)
def test_the_complete_stage_never_exceeds_the_stage(answers: list[Answer]) -> None:
    """What all have reached, more than half have reached."""
    stands = standing(dict(zip(DISCIPLINES, answers, strict=True)), DISCIPLINES)

    assert (stands.complete_stage or 0) <= (stands.stage or 0)
