"""What has to be true after a run, whatever befell it: each check says what it found."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.acceptance.directory import Team
from tests.acceptance.ledger import IN_CHAT, ON_THE_WAY, adds_up, invitations, invited, numbers_on
from tests.acceptance.seen import Seen
from tests.acceptance.teams import Teams
from tests.chaos.people import Answerer
from tests.everything import tables

Key = tuple[str, str]
"""A check, and a question in it."""


@dataclass(frozen=True)
class Answers:
    """What is kept of answers, read from the database without the bot."""

    given: Mapping[Key, str]
    checks: Mapping[str, str]
    """The id of whom each check belongs to; of an anonymous survey a pseudonym."""
    finished: frozenset[str]

    @property
    def of_surveys(self) -> frozenset[str]:
        return frozenset(one for one in self.checks if "." in one)


def kept_answers(database_url: str) -> Answers:
    found = tables(database_url, "checks", "answers")
    return Answers(
        {(row["check_id"], row["discipline"]): row["answer"] for row in found["answers"]},
        {row["id"]: row["person_id"] for row in found["checks"]},
        frozenset(row["id"] for row in found["checks"] if row["finished_at"] is not None),
    )


def lost(confirmed: Mapping[Key, str], given: Mapping[Key, str]) -> list[Key]:
    """The answers that were confirmed and are not there, or are other ones."""
    return [key for key, answer in confirmed.items() if given.get(key) != answer]


def doubled(people: Sequence[Answerer], kept: Answers) -> list[str]:
    """Checks of these people, or in a survey, that none of them has seen: made a second time."""
    seen = {check for one in people for check in one.memory.checks}
    ids = {one.colleague.person.aad_object_id for one in people}
    theirs = {check for check, whose in kept.checks.items() if whose in ids} | kept.of_surveys
    return sorted(theirs - seen)


def unfinished(people: Sequence[Answerer], kept: Answers) -> list[str]:
    """Checks whose result somebody saw, and that do not count as finished."""
    return [check for one in people for check in one.memory.finished if check not in kept.finished]


def invitations_per_person(teams: Teams, team: Team) -> Counter[int]:
    """How many people have got how many."""
    return Counter(len(invited(teams, person)) for person in team.members)


def disagreements(
    teams: Teams, team: Team, database_url: str, starters: Collection[str] = ()
) -> Iterator[str]:
    """Where what is kept of an invitation is not what somebody got.

    `starters` are the object ids of who took the survey by `start`, and so may have needed none.
    """
    states = invitations(database_url)
    if len(states) != len(team.members):
        yield f"of {len(team.members)} people {len(states)} are in the ledger"
    for person in team.members:
        state, got = states.get(person.aad_object_id, "missing"), len(invited(teams, person))
        if state in ON_THE_WAY:
            yield f"an invitation is still {state}"
        elif state == "delivered" and got == 0 and person.aad_object_id in starters:
            continue
        elif got not in IN_CHAT.get(state, set()):
            yield f"somebody got {got} invitations, kept is {state}"


def on_the_card(card: Seen, states: Mapping[str, int], kept: Answers) -> Iterator[str]:
    """Where the numbers that a lead sees are not those of the ledger and of the answers."""
    if not adds_up(card, states):
        yield f"the status card says {numbers_on(card)}, the ledger {dict(states)}"
    lines = card.text.split("\n")
    finished = kept.finished & kept.of_surveys
    for name, people in (("Started", len(kept.of_surveys)), ("Finished", len(finished))):
        shown = lines[lines.index(name) + 1] if name in lines else "nothing"
        if shown.split(" ")[0] != str(people):
            yield f"the status card says “{name}: {shown}”, and there are {people}"


def first_few(found: Iterable[object], words: str) -> list[str]:
    """A finding for what was found, with examples; none for nothing."""
    listed = list(found)
    return [f"{len(listed)} {words}: {listed[:5]}"] if listed else []
