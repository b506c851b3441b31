"""What durable work takes from the dialogs."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.launch import Launch
from dialogs.news import Newsroom
from dialogs.pictures import Pictures
from dialogs.respect import Respect
from dialogs.survey_views import Rules, SurveyViews
from dialogs.tidings import Tidings


@dataclass(frozen=True, slots=True)
class Means:
    """How surveys are shown and begun, channels told, and people written to; and who may lead."""

    views: SurveyViews
    launch: Launch
    newsroom: Newsroom
    pictures: Pictures
    tidings: Tidings
    respect: Respect
    rules: Rules
