"""The cards of a survey: what they tell leads and those who are asked, and what nobody can put into them."""

import datetime as dt
import re
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from assessment.model import Level, Role
from assessment.respect import Limits
from assessment.survey import Exclusion, Numbers, Phase, Reach, Refusal, Survey
from assessment.team import Change, Group, Tallies, team_result
from bot.messages import card_activity
from cards.elements import Card, Notice, verbatim
from cards.figures import day, duration, numeral, percent
from cards.invitation import (
    declined_card,
    finished_note,
    invitation_card,
    not_now_card,
    over_card,
    rehearsed_card,
    snoozed_card,
    survey_label,
    waiting_card,
)
from cards.presses import Start, encode, parse
from cards.survey_presses import Rehearse, ShowProgress, StopSending, TakeSurvey
from cards.survey_progress import ask_to_close_card, ask_to_stop_card, progress_card
from cards.survey_setup import awaiting_card, cancelled_card, counting_card, rehearsal_card, setup_card
from cards.survey_talk import export_card, export_offered_card, pick_survey_card, under_way_card
from cards.team_result import spread_card, team_result_card
from content.loading import load
from content.model import Edition
from scripts.cards import SPREADS, samples, survey_numbers, survey_of, survey_result
from tests.card_rules import broken_rules
from tests.card_shape import classic_view, every_object, every_part, is_action, is_input
from tests.unit.test_cards import largest_edition

CONTENT = load()
TEXTS = CONTENT.texts
EDITION = CONTENT.editions["2021-10"]
SURVEY = survey_of(EDITION)
NUMBERS = survey_numbers()
NOW = dt.datetime(2023, 1, 21, 9, tzinfo=dt.UTC)
SAMPLES = samples()
LONG = Notice("x" * 300, is_refusal=True)


def words(part: Any) -> str:
    """All that can be read besides buttons, on a client without charts."""
    shown = every_object(classic_view(part), with_fallbacks=False)
    return "\n".join(
        str(one[key])
        for one in shown
        if not is_action(one)
        for key in ("text", "title", "value", "label")
        if key in one
    )


def facts(card: Card) -> dict[str, str]:
    return {
        one["title"]: one["value"]
        for part in every_part(card, with_fallbacks=False)
        if part["type"] == "FactSet"
        for one in part["facts"]
    }


def buttons(card: Card) -> dict[str, dict[str, Any]]:
    return {
        one["title"]: one.get("data", {}) for one in every_part(card, with_fallbacks=False) if is_action(one)
    }


def inputs(card: Card) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in every_part(card) if is_input(one)}


def named(name: str, *, survey: Survey = SURVEY) -> Survey:
    """A survey whose name, team and lead are all called the same."""
    return replace(
        survey,
        team=replace(survey.team, name=name),
        plan=replace(survey.plan, name=name),
        asked_by_name=name,
    )


def cards_naming(survey: Survey, edition: Edition = EDITION) -> list[Card]:
    """Every card that shows what people have called something."""
    reach = Reach(1240, 3, dict.fromkeys(Exclusion, 1000))
    numbers = replace(NUMBERS, refused=dict.fromkeys(Refusal, 1000), waiting=1000, stopped=1000)
    result, closed = survey_result(edition, *SPREADS), replace(survey, phase=Phase.CLOSED, closed_at=NOW)
    moved = dict.fromkeys(edition.order, (Level.INITIAL, Level.EFFICIENT))
    change = Change(moved, Level.INITIAL, Level.EFFICIENT)
    return [
        setup_card(
            TEXTS,
            survey.plan,
            survey.id,
            team=survey.team,
            teams=[],
            editions={"a": "A"},
            mistakes=["x" * 300] * 6,
        ),
        setup_card(
            TEXTS,
            survey.plan,
            survey.id,
            team=None,
            teams=[survey.team] * 20,
            editions={str(one): edition.name for one in range(9)},
        ),
        rehearsal_card(TEXTS, edition, survey, reach, 100, limits=Limits(), needs_second=True, notice=LONG),
        rehearsal_card(
            TEXTS, edition, survey, replace(reach, people=0), 0, limits=Limits(), needs_second=False
        ),
        awaiting_card(TEXTS, survey, reach),
        cancelled_card(TEXTS, survey),
        counting_card(TEXTS, survey),
        progress_card(TEXTS, survey, numbers, NOW, seconds_left=100, notice=LONG),
        ask_to_close_card(TEXTS, survey, numbers),
        ask_to_stop_card(TEXTS, survey, numbers),
        waiting_card(TEXTS, survey, own_under_way=True),
        invitation_card(TEXTS, edition, survey, notice=LONG),
        invitation_card(TEXTS, edition, survey, reminder=True),
        invitation_card(TEXTS, edition, survey, rehearsal=True),
        not_now_card(TEXTS, survey),
        snoozed_card(TEXTS, survey, NOW),
        declined_card(TEXTS, survey),
        over_card(TEXTS, survey),
        rehearsed_card(TEXTS, survey),
        team_result_card(TEXTS, edition, closed, numbers, result, change),
        team_result_card(TEXTS, edition, closed, numbers, None, None),
        spread_card(TEXTS, edition, closed, result),
        under_way_card(TEXTS, survey),
        pick_survey_card(TEXTS, [survey] * 9, ShowProgress),
        export_card(TEXTS, survey, None, 15),
        export_offered_card(TEXTS, survey),
    ]


# What people write


MISCHIEF = [
    "[Free prize](https://evil.example)",
    "[a][b] [c]: https://evil.example",
    "![x](https://evil.example/x.png)",
    "<https://evil.example> <at>Ada</at>",
    "see https://evil.example or evil.example or a@evil.example",
    "**bold** _slanted_ ~~gone~~ `code`",
    "- one\n- two",
    "1. one\n2. two",
    "\\[a](https://evil.example)",
    "[a\\](https://evil.example)",
    "&#91;a&#93;(https://evil.example)",
    "due {{DATE(2026-01-01T00:00:00Z, SHORT)}}",
]


def renders_as_plain_text(marked: str) -> bool:
    """Whether a reader of markdown, strict or simple, finds no mark in it, and no address that is whole."""
    simple_link = re.search(r"\[[^\]]*\]\(", marked)
    unescaped = re.search(r"(?<!\\)(?:\\\\)*[*_`~<\[\]]", marked)
    address = re.search(r"\w://|\w@\w|[a-z]\.[a-z]", marked)
    listed = re.match(r"[-+#>]|\d+[.)]\s", marked)
    raw = any(one in marked.replace("\\&", "") for one in ("\n", "&#", "{{"))
    return not (simple_link or unescaped or address or listed or raw)


@pytest.mark.parametrize("mischief", MISCHIEF)
def test_what_people_write_is_shown_and_never_obeyed(mischief: str) -> None:
    """Neither links nor marks of markdown work in a name."""
    assert not renders_as_plain_text(mischief)
    assert renders_as_plain_text(verbatim(mischief))


@pytest.mark.parametrize("mischief", MISCHIEF)
def test_no_card_carries_a_mark_out_of_a_name(mischief: str) -> None:
    """No card shows a survey's, a team's or a lead's name other than made harmless."""
    raw = " ".join(mischief.split())
    for card in cards_naming(named(mischief)):
        for part in every_object(card):
            if part.get("type") == "TextBlock" or "type" not in part:
                shown = str(part.get("text") or part.get("value"))
                assert raw not in shown.replace(verbatim(mischief), "")


@pytest.mark.parametrize(
    "name", ["Q4 check", "Sales & Marketing (EMEA)", "Zoë's #1 team!", "v2.0 - 50% done?", "10:30"]
)
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    """No sign is added to what people usually write."""
    assert verbatim(name) == name


def test_signs_that_turn_text_around_are_left_out() -> None:
    """A name cannot make the words after it run backwards, nor vanish altogether."""
    assert verbatim("a\u202eb\u2066c") == "abc"
    assert verbatim("\u202e") == "…"


def test_a_notification_shows_a_name_without_the_signs_that_protect_cards() -> None:
    """What notifications show is plain text, and what old clients show in place of a card is not."""
    card = invitation_card(TEXTS, EDITION, named("[Q4] *check*"))

    assert card["body"][0]["text"] == card["fallbackText"] == r"\[Q4\] \*check\*"
    assert card_activity(card).summary == "[Q4] *check*"


@pytest.mark.parametrize("edition", [EDITION, largest_edition()], ids=["usual", "largest"])
def test_the_longest_names_keep_every_rule(edition: Edition) -> None:
    """However long names are, a card fits into a message and works on a phone."""
    survey = named("ä" * 80)
    broken = {
        card["body"][0]["text"][:40]: rules
        for card in cards_naming(replace(survey, team=replace(survey.team, name="ß" * 256)), edition)
        if (rules := broken_rules(card))
    }

    assert broken == {}


# Numbers and days


def test_numbers_shares_and_times_are_written_for_people() -> None:
    """As a colleague would write them."""
    assert numeral(TEXTS, 1240) == "1,240"
    assert day(TEXTS, dt.date(2026, 12, 7)) == "Dec 7, 2026"
    assert [duration(TEXTS, seconds) for seconds in (0, 59, 60, 61, 119)] == [
        "less than a minute",
        "less than a minute",
        "about a minute",
        "about 2 minutes",
        "about 2 minutes",
    ]


def test_only_nothing_is_none_and_only_all_is_all() -> None:
    """One of a thousand is not nobody, and all but one are not everybody."""
    assert [percent(TEXTS, share) for share in (0, 0.001, 0.775, 0.999, 1)] == [
        "0%",
        "1%",
        "78%",
        "99%",
        "100%",
    ]


# Planning


def filled(card: Card) -> Rehearse:
    """What comes back when a lead changes nothing and presses the first button."""
    given = {name: str(one["value"]) for name, one in inputs(card).items() if "value" in one}
    press = parse(buttons(card)["Show what will happen"] | given)
    assert isinstance(press, Rehearse)
    return press


def test_a_plan_comes_back_as_it_was_shown() -> None:
    """What is not changed stays, and what there is no choice of comes along."""
    plan = SURVEY.plan
    card = setup_card(TEXTS, plan, SURVEY.id, team=SURVEY.team, teams=[], editions={EDITION.id: EDITION.name})

    assert filled(card) == Rehearse(
        SURVEY.id, SURVEY.team.id, plan.name, plan.closes_on, "anonymous", 5, 3, 7, EDITION.id
    )
    assert inputs(card).keys() == {
        "name",
        "closes",
        "answers",
        "smallest",
        "first_reminder",
        "second_reminder",
    }


def test_a_team_and_an_edition_are_asked_for_where_there_is_a_choice() -> None:
    """In a lead's own chat the team is picked, and the edition where there are several."""
    other = replace(SURVEY.team, id="19:other", name="Other")
    card = setup_card(
        TEXTS,
        SURVEY.plan,
        SURVEY.id,
        team=None,
        teams=[SURVEY.team, other],
        editions={EDITION.id: "This", "next": "Next"},
    )

    assert [one["value"] for one in inputs(card)["team"]["choices"]] == [SURVEY.team.id, "19:other"]
    assert inputs(card)["edition"]["value"] == EDITION.id
    assert {"team", "edition"} & buttons(card)["Show what will happen"].keys() == set()


def test_a_reminder_may_be_left_empty() -> None:
    """The client insists on all but the reminders."""
    plan = replace(SURVEY.plan, reminder_days=(4,))
    shown = inputs(
        setup_card(TEXTS, plan, SURVEY.id, team=SURVEY.team, teams=[], editions={"2021-10": "This"})
    )

    assert {name for name, one in shown.items() if not one["isRequired"]} == {
        "first_reminder",
        "second_reminder",
    }
    assert shown["first_reminder"]["value"] == 4
    assert "value" not in shown["second_reminder"]


def test_what_is_wrong_with_a_plan_stands_above_it() -> None:
    """Each mistake says what to do."""
    card = SAMPLES["survey-plan-with-mistakes"]
    warnings = [one for one in every_part(card) if one.get("style") == "attention"]

    assert [words(one) for one in warnings] == [
        TEXTS("survey.mistake.closes"),
        TEXTS("survey.mistake.smallest"),
    ]
    assert card["body"][1:3] == warnings


def test_a_rehearsal_tells_whom_it_reaches_and_whom_not() -> None:
    """How many, why others are left out, how long it takes, until when, and how answers are kept."""
    shown = facts(SAMPLES["survey-rehearsal-large"])

    assert shown == {
        "Asked": "1,240 people in Contoso CoE",
        "Not asked": "31",
        "Sending takes": "about 2 minutes",
        "Open until": "Jan 30, 2023",
        "Reminders": "3 and 7 days after sending, to those who have not finished",
        "Answers": "anonymous: leads see no single person's answers",
        "Result": "only of 5 people or more",
    }
    assert "31 guests: Teams lets me write to no guests" in words(SAMPLES["survey-rehearsal-large"])


def test_limits_that_limit_nothing_are_not_told() -> None:
    """Where the bot writes at any time and as often as it likes, no card says that it spares anybody."""
    limited, unlimited = (words(SAMPLES[f"survey-rehearsal{one}"]) for one in ("", "-without-limits"))
    assert "Nobody is disturbed: I write from Monday to Friday" in limited
    assert "Whoever I have written to often enough gets it on a later day." in limited
    assert "I write at any time. Whoever asked me not to write gets nothing." in unlimited
    assert "disturbed" not in unlimited
    assert "at most once a day and 3 times a week" in words(SAMPLES["reminders"])
    assert "I write to you at any time. What you" in words(SAMPLES["reminders-without-limits"])


def test_a_rehearsal_shows_the_words_that_people_will_get() -> None:
    """Nothing is sent that was not shown before."""
    rehearsed = words(SAMPLES["survey-rehearsal"])

    assert all(one["text"] in rehearsed for one in SAMPLES["invitation"]["body"][:5])


def test_an_invitation_to_rehearse_says_so_first() -> None:
    """And is else the one that everybody gets."""
    first, *rest = SAMPLES["invitation-to-rehearse"]["body"]

    assert first["text"] == "Rehearsal: only you see this."
    assert rest == SAMPLES["invitation"]["body"]


def test_the_preview_in_a_rehearsal_has_no_buttons() -> None:
    """Nobody answers a rehearsal by mistake."""
    [preview] = [one for one in every_part(SAMPLES["survey-rehearsal"]) if one.get("style") == "emphasis"]

    assert not any(is_action(one) for one in every_part(preview))


def test_sending_says_to_how_many() -> None:
    """A lead knows what the button does before pressing it."""
    assert list(buttons(SAMPLES["survey-rehearsal"])) == [
        "Send to me first",
        "Send to 38 people",
        "Change",
        "Cancel",
    ]
    assert "Ask a second lead (1,240 people)" in buttons(SAMPLES["survey-rehearsal-large"])
    assert "Agree, and send to 1,240 people" in buttons(SAMPLES["survey-awaiting"])


def test_what_reaches_nobody_cannot_be_sent() -> None:
    """The card says what to do instead."""
    card = SAMPLES["survey-rehearsal-nobody"]

    assert list(buttons(card)) == ["Change", "Cancel"]
    assert "There is nobody in Contoso CoE whom I could ask. Add people" in words(card)


# The invitation


def test_an_invitation_tells_all_before_the_first_question() -> None:
    """Who asks for whom, how long it takes, what becomes of the answers, and until when."""
    shown = words(SAMPLES["invitation"])

    for told in (
        "Ada Lovelace asks everybody in Contoso CoE",
        "7 questions, about 3 minutes",
        "nobody sees what you answered, the leads neither",
        "When the survey closes, and only if at least 5 people have finished, the channel sees how many",
        "Then your single answers are deleted",
        "tells leaders from makers, where both groups are large enough",
        "Open until Jan 30, 2023.",
        "How do you work with Power Platform?",
    ):
        assert told in shown


def test_a_named_survey_says_so_and_promises_nothing_else() -> None:
    """Nobody takes a named survey for an anonymous one."""
    shown = words(SAMPLES["invitation-named"])

    assert "the CoE leads see your answers with your name" in shown
    assert "nonymous" not in shown
    assert "nobody sees" not in shown


def test_an_invitation_offers_each_role_and_two_ways_out() -> None:
    """One tap begins the check, whoever one is."""
    offered = buttons(SAMPLES["invitation"])

    for role in Role:
        assert offered[TEXTS(f"role.names.{role}")] == encode(TakeSurvey(SURVEY.id, role))
    assert offered["Not now"]["do"] == "not-now"
    assert offered["Not me"]["do"] == "not-me"


def test_nothing_hides_in_a_menu() -> None:
    """Every button can be seen, on a phone too."""
    assert not [one for card in SAMPLES.values() for one in every_part(card) if one.get("mode")]


def test_a_lead_without_a_name_is_called_a_lead() -> None:
    """Teams does not always say who it was."""
    card = invitation_card(TEXTS, EDITION, replace(SURVEY, asked_by_name=""))

    assert "A CoE lead asks everybody" in words(card)


def test_a_card_of_the_check_says_which_survey_it_belongs_to() -> None:
    """One line: its name, how answers are kept, until when."""
    open_survey = replace(SURVEY, plan=replace(SURVEY.plan, is_anonymous=False))

    assert survey_label(TEXTS, SURVEY) == "Survey “Q4 check”, anonymous, until Jan 30, 2023"
    assert survey_label(TEXTS, open_survey) == "Survey “Q4 check”, named, until Jan 30, 2023"
    assert "nobody else sees it" in finished_note(TEXTS, SURVEY)
    assert "It closes on Jan 30, 2023 or before" in finished_note(TEXTS, SURVEY)
    assert "if at least 5 people have finished, and your answers are deleted" in finished_note(TEXTS, SURVEY)
    assert "your answers are deleted" not in finished_note(TEXTS, open_survey)
    assert "Type “result” to see it again until then" in finished_note(TEXTS, SURVEY)
    assert "the CoE leads see it too" in finished_note(TEXTS, open_survey)


@pytest.mark.parametrize(
    "own_under_way, own", [(False, "Do my own check"), (True, "Go on with my own check")]
)
def test_who_begins_a_check_beside_an_invitation_picks_one(own_under_way: bool, own: str) -> None:
    """The card says whose survey waits, and until when; either button leads on."""
    card = waiting_card(TEXTS, SURVEY, own_under_way=own_under_way)

    assert "“Q4 check”, asked by Ada Lovelace in Contoso CoE, waits for your answers" in words(card)
    assert "until Jan 30, 2023" in words(card)
    assert buttons(card) == {"Answer for the survey": encode(TakeSurvey(SURVEY.id)), own: encode(Start())}


def test_who_puts_it_off_reads_when_they_are_asked_again() -> None:
    """Weekday and hour, at their own place."""
    card = snoozed_card(TEXTS, SURVEY, dt.datetime(2023, 1, 23, 9, tzinfo=ZoneInfo("Asia/Tokyo")))

    assert "on Mon, Jan 23, at 9:00\u202fAM." in words(card)


# Under way


def test_the_invitations_add_up() -> None:
    """Whoever adds the rows of the card gets the number of those invited."""
    some = Numbers(7, 1030, dict.fromkeys(Refusal, 2), 5, 3, declined=4, started=600, finished=500)
    for numbers in (NUMBERS, some):
        shown = facts(progress_card(TEXTS, SURVEY, numbers, NOW))
        rows = ("Delivered", "On the way", "Not delivered", "Unknown", "Not sent")

        def number(row: str, shown: dict[str, str] = shown) -> int:
            return int(re.sub(r"[^\d]", "", shown.get(row, "0")))

        assert sum(map(number, rows)) == number("Invited") == numbers.invited


def test_every_reason_comes_with_what_helps() -> None:
    """No message is only "failed"."""
    numbers = replace(NUMBERS, refused=dict.fromkeys(Refusal, 1), unknown=1, stopped=1)
    listed = [
        one["text"]
        for one in every_part(progress_card(TEXTS, SURVEY, numbers, NOW))
        if "- " in one.get("text", "")
    ]

    assert len(listed[0].splitlines()) == len(Refusal) + 2
    assert all(re.search(r"[:.] ?\w", line) for line in listed[0].splitlines())


@pytest.mark.parametrize(
    "now, told",
    [
        (dt.datetime(2023, 1, 21, 9, tzinfo=dt.UTC), "Open until Jan 30, 2023: 9 days left."),
        (dt.datetime(2023, 1, 29, 23, 59, tzinfo=dt.UTC), "Open until Jan 30, 2023: 1 day left."),
        (dt.datetime(2023, 1, 30, 0, 1, tzinfo=dt.UTC), "Open until Jan 30, 2023: last day."),
    ],
)
def test_the_time_left_is_counted_in_days_of_the_calendar(now: dt.datetime, told: str) -> None:
    """As people count."""
    assert told in words(progress_card(TEXTS, SURVEY, NUMBERS, now))


def test_the_time_left_is_counted_where_the_lead_is() -> None:
    """In Auckland it is the next day already."""
    late = dt.datetime(2023, 1, 21, 13, tzinfo=dt.UTC)
    survey = replace(SURVEY, zone="Pacific/Auckland")

    assert "8 days left" in words(progress_card(TEXTS, survey, NUMBERS, late))


def test_each_phase_is_told_in_words() -> None:
    """Sending, open, stopped, closing, closed."""
    for name, told in {
        "survey-sending": "Sending now, about 2 minutes to go.",
        "survey-open": "Open until",
        "survey-stopped": "Sending was stopped.",
        "survey-closing": "No answer counts any more.",
        "survey-closed": "Closed on Jan 21, 2023.",
        "survey-closing-too-early": "It closes without a result: 2 of 40 finished, 5 needed.",
        "survey-closed-too-early": "Closed on Jan 21, 2023 without a result: 2 of 40 finished, 5 needed.",
    }.items():
        assert told in words(SAMPLES[name])


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_a_card(phase: Phase) -> None:
    """Wherever a survey is, its progress can be asked for."""
    assert broken_rules(progress_card(TEXTS, replace(SURVEY, phase=phase), NUMBERS, NOW)) == []


def test_only_what_can_be_done_is_offered() -> None:
    """A stopped survey cannot be stopped, and a closed one shows its result."""
    assert list(buttons(SAMPLES["survey-open"])) == ["Refresh", "Remind now", "Close survey", "Stop sending"]
    assert list(buttons(SAMPLES["survey-stopped"])) == ["Refresh", "Close survey"]
    assert list(buttons(SAMPLES["survey-closing"])) == ["Refresh"]
    assert list(buttons(SAMPLES["survey-closed"])) == ["Show the result"]
    assert list(buttons(SAMPLES["survey-closed-too-early"])) == []


def test_closing_says_whether_there_will_be_a_result() -> None:
    """A lead closes knowing what comes of it."""
    enough, few = (
        words(ask_to_close_card(TEXTS, SURVEY, replace(NUMBERS, started=6, finished=finished)))
        for finished in (5, 4)
    )

    assert "The team's result is then posted here." in enough
    assert "4 of 40 have finished. 2 more have started." in few
    assert "needs at least 5 people" in few
    assert "posted here" not in few


def test_stopping_says_how_many_will_not_be_asked() -> None:
    """It can't be taken back, so going on is the button that stands out."""
    some, one, none = (
        ask_to_stop_card(TEXTS, SURVEY, replace(NUMBERS, waiting=waiting)) for waiting in (1240, 1, 0)
    )

    assert "1,240 people have not been written to yet. If you stop, they are not asked" in words(some)
    assert "1 person has not been written to yet" in words(one)
    assert "Everybody has been written to. If you stop, nobody is reminded any more." in words(none)
    assert "Whoever has the invitation can answer until Jan 30, 2023." in words(some)
    assert buttons(some) == {
        "Stop": encode(StopSending(SURVEY.id)),
        "Go on sending": encode(ShowProgress(SURVEY.id)),
    }
    assert [one["title"] for one in every_part(some) if one.get("style") == "positive"] == [
        "Go on sending"
    ] * 2


@pytest.mark.parametrize(
    "name, style, sign",
    [
        ("survey-reminding", "good", "✓"),
        ("survey-rehearsal-after-sending-to-me", "good", "✓"),
        ("result-in-survey", "good", "✓"),
        ("question-after-late-change", "good", "✓"),
        ("survey-reminded-today", "attention", "⚠"),
        ("survey-awaiting-another-lead", "attention", "⚠"),
        ("invitation-not-now-too-late", "attention", "⚠"),
    ],
)
def test_what_was_refused_does_not_look_done(name: str, style: str, sign: str) -> None:
    """It is told by a sign in the words, and by the color."""
    notices = [one for one in every_part(SAMPLES[name]) if one.get("style") in {"good", "attention"}]

    assert [one["style"] for one in notices] == [style]
    assert words(notices[0]).startswith(f"{sign} ")


@pytest.mark.parametrize("key", [one for one in TEXTS.by_key if one.startswith("survey.refusal.")])
def test_each_refusal_begins_with_its_sign(key: str) -> None:
    """Colors alone say nothing to many."""
    assert TEXTS.by_key[key].startswith("⚠ ")


def test_a_long_bar_stays_short_on_a_phone() -> None:
    """Twenty signs at most, and full only when all have finished."""
    numbers = Numbers(0, 1240, {}, 0, 0, declined=0, started=1239, finished=1239)
    shown = words(progress_card(TEXTS, SURVEY, numbers, NOW))

    assert "▰" * 19 + "▱" in shown
    assert "1,239 of 1,240 finished (99%)" in shown


# The team's result


def test_too_few_answers_reveal_nothing() -> None:
    """Of too few people the card tells how many they are, and nothing they said."""
    card = SAMPLES["team-result-too-few"]

    assert "2 of 40 people finished “Q4 check”. A result needs at least 5" in words(card)
    assert not re.search("Level|agree|Initial|Efficient|Repeatable", words(card))
    assert list(buttons(card)) == ["Set up the next survey", "Trend"]


def test_a_team_result_tells_stage_reason_and_response() -> None:
    """What a lead shows to a sponsor."""
    shown = words(SAMPLES["team-result"])

    assert SAMPLES["team-result"]["body"][0]["text"] == "Contoso CoE is at Level 300 Defined"
    assert "31 of the 40 people asked finished (78%). The invitation reached 36." in shown
    assert "4 of 7 disciplines have reached 300" in shown
    assert "Complete stage: Level 200 Repeatable." in shown
    assert "The stage: 200 Repeatable before, 300 Defined now." in shown
    assert "Strategy and Vision: up from 200 to 300" in shown
    assert "Admin and Governance: down from 400 to 300" in shown


def test_a_team_result_names_what_to_talk_about() -> None:
    """The discipline that people agree on least, with a question and without blame."""
    shown = words(SAMPLES["team-result"])

    assert "Most worth talking about: Support" in shown
    assert "Answers go from 100 Initial to 500 Efficient, and people agree least here (13%)." in shown
    assert "Leaders say 400, makers say 200." in shown


def test_agreement_is_told_in_percent_and_in_words() -> None:
    """A number alone says little."""
    shown = facts(SAMPLES["team-result"])

    assert shown["Support"] == "13%, far apart; leaders 400, makers 200"
    assert shown["Admin and Governance"].startswith("88%, close together")
    assert shown["Strategy and Vision"].startswith("65%, views differ")
    assert facts(SAMPLES["team-result-alike"])["Support"].startswith("100%, all say the same")


def test_where_all_agree_there_is_nothing_to_debate() -> None:
    """No discipline is made up to talk about, and nothing is said to have moved."""
    shown = words(SAMPLES["team-result-alike"])

    assert "Most worth talking about" not in shown
    assert "Nothing moved." in shown


def test_leaders_and_makers_who_are_not_shown_leave_no_trace() -> None:
    """Where small groups are hidden, the card says nothing of them."""
    tallies = Tallies(Group(31, {EDITION.order[0]: {Level.DEFINED: 20, Level.INITIAL: 11}}), None, None)
    result = team_result(tallies, EDITION.order)
    shown = words(team_result_card(TEXTS, EDITION, SURVEY, NUMBERS, result, None))

    assert not re.search("leaders|makers \\d", shown, re.IGNORECASE)


def test_a_result_with_few_disciplines_names_no_stage() -> None:
    """Fewer than half of the disciplines make no stage; the card says how many are missing and which."""
    shown = words(SAMPLES["team-result-no-stage"])

    assert "The team has one for 2 of 7: 2 more are missing." in shown
    assert "Not shown, since fewer than 5 people named a level: Admin and Governance" in shown
    assert "is at Level" not in shown
    assert "What to do next" not in shown


def test_the_first_result_speaks_of_no_earlier_one() -> None:
    """There is nothing to compare with."""
    assert "Since the last survey" not in words(SAMPLES["team-result-first"])


def test_the_spread_adds_up_to_those_who_finished() -> None:
    """Those who named a level and those who did not are everybody."""
    shown = words(SAMPLES["team-spread"])

    counts = "26 people named a level: 12 at 100, 3 at 200, 2 at 400, and 9 at 500."
    assert f"{counts} Agreement 13%, far apart." in shown
    assert "5 say it does not apply." in shown


@pytest.mark.parametrize("name", ["team-spread", "team-spread-alike"])
def test_the_spread_is_drawn_as_it_is_told(name: str) -> None:
    """Each part of each bar stands in the words for clients without charts."""
    [chart] = [
        one for one in every_part(SAMPLES[name], with_fallbacks=False) if one["type"].startswith("Chart")
    ]
    told = {one["title"]: one["value"] for one in chart["fallback"]["facts"]}

    for row in chart["data"]:
        discipline = row["title"].partition(":")[0]
        parts = [f"{part['value']} at {part['legend'].split()[0]}" for part in row["data"] if part["value"]]
        assert re.split(r",? and |, ", told[discipline]) == parts


def test_the_spreads_legend_names_the_levels_that_somebody_named() -> None:
    """In their order and in few signs, since it folds where room is short."""
    for name, named in {
        "team-spread": ["100", "200", "300", "400", "500"],
        "team-spread-alike": ["300"],
    }.items():
        [chart] = [one for one in every_part(SAMPLES[name]) if one["type"] == "Chart.HorizontalBar.Stacked"]
        assert [[part["legend"] for part in row["data"]] for row in chart["data"]] == [named] * 7


def test_of_very_long_opportunities_those_that_fit_are_shown() -> None:
    """The card stays within a message, and says where the others are."""
    edition = largest_edition()
    result = survey_result(edition, *SPREADS)
    shown = words(team_result_card(TEXTS, edition, SURVEY, NUMBERS, result, None))

    assert shown.count("p" * 600) == 2
    assert "Type **opportunities** in our own chat to see 3 more." in shown
    assert "to see" not in words(SAMPLES["team-result"])


# Around surveys


def test_a_lead_picks_among_five_and_reads_how_many_more() -> None:
    """A phone shows no more buttons."""
    card = SAMPLES["survey-pick"]

    assert list(buttons(card)) == [f"Q4 check (Contoso {number})" for number in range(1, 6)]
    assert "And 2 more" in words(card)


def test_the_second_survey_points_to_the_first() -> None:
    """A refusal says what to do."""
    card = SAMPLES["survey-one-at-a-time"]

    assert buttons(card)["Show the survey"] == encode(ShowProgress(SURVEY.id))
    assert "Contoso CoE still has “Q4 check”." in words(card)


def test_a_workbook_without_an_address_says_whom_to_ask() -> None:
    """No button leads nowhere."""
    assert buttons(SAMPLES["survey-export"]).keys() == {"Download"}
    assert "The link works for 15 minutes" in words(SAMPLES["survey-export"])
    assert buttons(SAMPLES["survey-export-no-link"]) == {}
    assert "Ask whoever runs me" in words(SAMPLES["survey-export-no-link"])
