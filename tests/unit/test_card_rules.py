"""Each rule for cards catches a card that breaks it, and leaves a good card alone."""

import copy
from typing import Any

import pytest

from tests.card_rules import LARGEST_CARD, broken_rules

Card = dict[str, Any]


def execute(title: str = "Next", **changes: Any) -> Card:
    data = {"kind": "answer", "question": "q1"}
    submit = {
        "type": "Action.Submit",
        "title": title,
        "data": data | {"msteams": {"feedback": {"hide": True}}},
    }
    return {
        "type": "Action.Execute",
        "title": title,
        "verb": "answer",
        "data": data,
        "fallback": submit,
    } | changes


def text(words: str, **changes: Any) -> Card:
    return {"type": "TextBlock", "text": words, "wrap": True} | changes


def bar(**changes: Any) -> Card:
    return {"type": "ProgressBar", "value": 2, "max": 7, "color": "Accent", "fallback": "drop"} | changes


def chart(**changes: Any) -> Card:
    data = [{"x": "Support", "y": 300, "color": "good"}]
    return {"type": "Chart.HorizontalBar", "title": "By discipline", "data": data} | changes


def choices(**changes: Any) -> Card:
    return {
        "type": "Input.ChoiceSet",
        "id": "level",
        "style": "expanded",
        "label": "What is true today?",
        "isRequired": True,
        "errorMessage": "Choose one",
        "choices": [{"title": "Initial", "value": "100"}, {"title": "Defined", "value": "300"}],
    } | changes


def good_card(*more: Card, **changes: Any) -> Card:
    return {
        "type": "AdaptiveCard",
        "version": "1.5",
        "lang": "en",
        "fallbackText": "Question 2 of 7: Support",
        "body": [
            text("Support", style="heading"),
            bar(),
            choices(),
            chart(fallback=text("Support: 300")),
            {"type": "FactSet", "facts": [{"title": "Support", "value": "300"}]},
            {"type": "Image", "url": "https://example.org/stage.png", "altText": ""},
            *more,
        ],
        "actions": [execute(), {"type": "Action.OpenUrl", "title": "Read", "url": "https://example.org"}],
        "msteams": {"width": "Full"},
    } | changes


def test_a_good_card_breaks_no_rule() -> None:
    """A card that does everything right is left alone."""
    assert broken_rules(good_card()) == []


def test_looking_at_a_card_leaves_it_as_it_was() -> None:
    """The rules only read."""
    card = good_card()
    before = copy.deepcopy(card)
    broken_rules(card)
    assert card == before


BROKEN = {
    'type is not "AdaptiveCard"': good_card(type="HeroCard"),
    'version is not "1.5"': good_card(version="1.6"),
    "no fallbackText": good_card(fallbackText=""),
    "no lang": good_card(lang=""),
    f"at most {LARGEST_CARD} are": good_card(text("ä" * (LARGEST_CARD // 2))),
    "the card shows 6 actions": good_card(actions=[execute(f"Go {n}") for n in range(6)]),
    "the card shows 7 actions": good_card(
        {"type": "ActionSet", "actions": [execute(f"Go {n}") for n in range(7)]}
    ),
    "its newer parts shows 6 actions": good_card(
        {
            "type": "CompoundButton",
            "title": "Go",
            "fallback": {"type": "ActionSet", "actions": [execute(f"Go {n}") for n in range(6)]},
        }
    ),
    'ChoiceSet "other" has no label': good_card(choices(id="other", label=" ")),
    'ChoiceSet "other" has no errorMessage': good_card(choices(id="other", errorMessage=None)),
    'Input.ChoiceSet "What is true today?" has no id': good_card(choices(id="")),
    'two inputs have the id "level"': good_card(choices()),
    "Chart.HorizontalBar is beyond Adaptive Cards 1.5": good_card(chart()),
    'Chart.HorizontalBar "dropped" is beyond': good_card(chart(id="dropped", fallback="drop")),
    'Input.Rating "stars" is beyond': good_card(choices(type="Input.Rating", id="stars", choices=None)),
    "Action.ResetInputs is beyond": good_card(
        {"type": "ActionSet", "actions": [{"type": "Action.ResetInputs"}]}
    ),
    "needs more than Adaptive Cards 1.5: Badge": good_card(chart(fallback={"type": "Badge", "text": "300"})),
    'Execute "Next" has no verb': good_card(actions=[execute(verb="")]),
    "no fallback of type Action.Submit": good_card(actions=[execute(fallback="drop")]),
    "carry different data": good_card(actions=[execute(data={"kind": "answer", "question": "q2"})]),
    "its fallback differ in title": good_card(
        actions=[execute(fallback={**execute()["fallback"], "title": "Go on"})]
    ),
    "its fallback differ in associatedInputs": good_card(actions=[execute(associatedInputs="none")]),
    "an Image has no altText": good_card({"type": "Image", "url": "https://example.org/a.png"}),
    "not of style heading": good_card(body=[text("Support")]),
    'TextBlock "Long words" does not wrap': good_card(text("Long words", wrap=False)),
    "TextBlock has an empty text": good_card(text("  ")),
    "Input.Choice has an empty title": good_card(
        choices(id="other", choices=[{"type": "Input.Choice", "title": "", "value": "1"}])
    ),
    'the fact "Support" is empty': good_card(
        {"type": "FactSet", "facts": [{"title": "Support", "value": ""}]}
    ),
    'has the color "#ff0000"': good_card(text("Red", color="#ff0000")),
    'TextBlock has the color "categoricalLightBlue"': good_card(text("Blue", color="categoricalLightBlue")),
    'a part has the color "red"': good_card(
        chart(data=[{"x": "A", "y": 1, "color": "red"}], fallback=text("A"))
    ),
    "opens a url that is not https": good_card(
        actions=[{"type": "Action.OpenUrl", "title": "Read", "url": "http://example.org"}]
    ),
    'TextBlock "Big" is not as the schema': good_card(text("Big", size="enormous")),
    'TextBlock "Typo" is not as the schema': good_card(text("Typo", wieght="bolder")),
    "Inner": good_card({"type": "Container", "items": [text("Inner", isSubtle="yes")]}),
    'AdaptiveCard "Support" is not as': good_card(text="Support"),
}


@pytest.mark.parametrize("complaint", BROKEN)
def test_a_card_that_breaks_a_rule_is_caught(complaint: str) -> None:
    """Each rule names what is wrong with a card that breaks it."""
    complaints = broken_rules(BROKEN[complaint])
    assert any(complaint in line for line in complaints), complaints


def test_rows_of_buttons_count_apart() -> None:
    """Two rows of five are as readable as one."""
    row = {"type": "ActionSet", "actions": [execute(f"Go {n}") for n in range(5)]}
    assert broken_rules(good_card(row, row)) == []


def test_a_newer_input_may_share_its_id_with_its_fallback() -> None:
    """An input and what stands in for it are never shown together."""
    rating = choices(type="Input.Rating", id="stars", choices=None, fallback=choices(id="stars"))
    assert broken_rules(good_card(rating)) == []


def test_what_a_button_sends_is_not_part_of_the_card() -> None:
    """A payload may use any key without being taken for an element."""
    data = {"type": "Badge", "title": "", "color": "#fff"}
    button = execute(data=data, fallback={"type": "Action.Submit", "title": "Next", "data": data})
    assert broken_rules(good_card(actions=[button])) == []
