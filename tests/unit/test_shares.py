"""What one person may take of the bot."""

from collections.abc import Iterable
from contextlib import ExitStack

import pytest

from bot.overload import AT_WORK
from bot.settings import Settings
from bot.shares import Shares, TooMuch, Who

ADA, BO = ("tenant", "ada"), ("tenant", "bo")

USUAL: int = Settings.model_fields["turns_a_minute"].default


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shares(clock: Clock) -> Shares:
    """One a second, six in a row, two at once."""
    return Shares(60, clock)


def wait(shares: Shares, who: Who) -> float:
    """The seconds that a turn is put off by; 0 where it is taken."""
    try:
        with shares.of(who):
            return 0
    except TooMuch as error:
        return error.wait


def allowed(waits: Iterable[float]) -> int:
    return sum(one == 0 for one in waits)


def test_a_row_is_allowed_and_then_no_more(shares: Shares) -> None:
    """Six in one go; the others are told to come back when the next one is due."""
    assert [wait(shares, ADA) for _ in range(8)] == [0] * 6 + [1, 1]


def test_nobody_has_more_than_a_third_of_the_places(clock: Clock) -> None:
    """However much is allowed in a minute."""
    shares = Shares(1_000_000, clock)
    with ExitStack() as under_way:
        for _ in range(AT_WORK // 3):
            under_way.enter_context(shares.of(ADA))
        assert wait(shares, ADA) > 0


def test_one_persons_share_is_nobody_elses(shares: Shares) -> None:
    """The same id in another tenant is somebody else."""
    assert allowed(wait(shares, ADA) for _ in range(20)) == 6

    assert allowed(wait(shares, BO) for _ in range(6)) == 6
    assert allowed(wait(shares, ("another tenant", "ada")) for _ in range(6)) == 6


def test_the_share_comes_back_with_time(shares: Shares, clock: Clock) -> None:
    """Whoever waits as long as they were told is let in, and the whole row comes back in the end."""
    for _ in range(10):
        told = wait(shares, ADA)
    clock.now += told
    assert [wait(shares, ADA), wait(shares, ADA)] == [0, 1]

    clock.now += 60
    assert allowed(wait(shares, ADA) for _ in range(20)) == 6


def test_few_turns_of_a_person_are_under_way_at_once(shares: Shares) -> None:
    """They would only wait for each other, in places that others need; what is refused costs nothing."""
    with ExitStack() as stack:
        stack.enter_context(shares.of(ADA))
        stack.enter_context(shares.of(ADA))
        assert [wait(shares, ADA) for _ in range(9)] == [1] * 9
        assert wait(shares, BO) == 0
    assert allowed(wait(shares, ADA) for _ in range(9)) == 4


def test_an_error_in_a_turn_ends_it(shares: Shares) -> None:
    """It is not under way for ever."""
    for _ in range(4):
        with pytest.raises(ZeroDivisionError), shares.of(ADA):
            raise ZeroDivisionError
    assert wait(shares, ADA) == 0


def test_whoever_is_quiet_is_forgotten(shares: Shares, clock: Clock) -> None:
    """However many people there are in a day, only those of the last seconds are in mind."""
    for number in range(10_000):
        clock.now += 0.1
        wait(shares, ("tenant", str(number)))

    assert len(shares) <= 10 * 6 + 1


def test_whoever_is_busy_is_not_forgotten(shares: Shares, clock: Clock) -> None:
    """Neither the turns of others nor their own make a share larger."""
    waits = []
    for number in range(1000):
        clock.now += 0.01
        wait(shares, ("tenant", str(number)))
        waits.append(wait(shares, ADA))

    assert allowed(waits) <= 6 + 10


def test_quick_fingers_never_meet_it(clock: Clock) -> None:
    """Five presses a second for ten minutes, and a whole check of nine in no time besides."""
    shares = Shares(USUAL, clock)
    for _ in range(10 * 60 * 5):
        assert wait(shares, ADA) == 0
        clock.now += 0.2
    assert allowed(wait(shares, ADA) for _ in range(9)) == 9
