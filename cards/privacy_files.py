"""The cards around the file with a person's own data."""

from __future__ import annotations

from cards.elements import Card, Element, button, buttons, card, heading, text
from cards.privacy_presses import ShowMyData
from cards.survey_talk import download
from content.texts import Texts


def data_card(texts: Texts, url: str | None, minutes: int) -> Card:
    """The way to the file; None where the bot has no address for it."""
    return card(texts, [heading(texts("privacy.file.about")), *download(texts, url, minutes)])


def data_declined_card(texts: Texts) -> Card:
    """For who did not want the file after all."""
    return card(
        texts,
        [
            heading(texts("privacy.file.declined.heading")),
            text(texts("privacy.file.declined.text")),
            _back(texts),
        ],
    )


def data_failed_card(texts: Texts) -> Card:
    """For a file that could not be saved."""
    return card(
        texts,
        [
            heading(texts("privacy.file.failed.heading")),
            text(texts("privacy.file.failed.text")),
            _back(texts),
        ],
    )


def _back(texts: Texts) -> Element:
    return buttons([button(texts("privacy.button.show"), ShowMyData(), primary=True)])
