"""The cards of a finished check: its result, the way up, its answers, and the opportunities of a stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assessment.check import Check
from assessment.model import Answer, Level, NoLevel
from assessment.scoring import Lift, Standing, lift, standing
from cards.charts import gauge, level_bars
from cards.elements import (
    Card,
    Element,
    Notice,
    beside,
    bullets,
    button,
    buttons,
    card,
    choices,
    facts,
    fitting,
    heading,
    labels,
    notices,
    small,
    text,
)
from cards.naming import answer_name, discipline_names, level_name
from cards.pledge_presses import PromiseOpportunity, PromiseStatement
from cards.presses import ChangeAnswer, ShowAnswers, ShowLift, ShowOpportunities, ShowResult, Start
from content.model import Discipline, Edition, Link, LinkState, Opportunity
from content.texts import Texts


def result_card(
    texts: Texts, edition: Edition, check: Check, *, notice: Notice | None = None, label: str = ""
) -> Card:
    """The stage, what it means, why, and what to do; or what is missing where no stage can be named.

    `label` says which survey the check belongs to.
    """
    stands = standing(check.answers, edition.order)
    stage, complete = stands.stage, stands.complete_stage
    if stage is None or complete is None:
        return _no_stage_card(texts, edition, check, notice=notice, label=label)
    return fitting(
        card(
            texts,
            [
                heading(texts("result.heading", stage=level_name(texts, edition, stage)), size="ExtraLarge"),
                *labels(label),
                *notices(notice),
                gauge(texts, edition, stage),
                heading(texts("result.why"), size="Medium"),
                text(why(texts, edition, stands, stage)),
                text(why_complete(texts, edition, stands, complete)),
                *_bars(texts, edition, check, stands),
                heading(
                    texts("result.meaning", stage=answer_name(texts, edition, stage)),
                    size="Medium",
                    apart=True,
                ),
                text(edition.stages[stage].meaning),
                heading(
                    texts("result.opportunities", stage=answer_name(texts, edition, stage)),
                    size="Medium",
                    apart=True,
                ),
                *opportunities(texts, edition, stage),
                small(texts("result.edition", edition=edition.name)),
                *_after_result(texts, check, stage),
            ],
        )
    )


def why(texts: Texts, edition: Edition, stands: Standing, stage: Level) -> str:
    """The stage's reason in one sentence."""
    up = lift(stands)
    shown = up.target if up and stage is Level.INITIAL else stage
    reached = texts.count("why.reached", len(stands.reached(shown)), answered=len(stands.levels), level=shown)
    if up is None:
        return texts("why.top", reached=reached)
    return texts("why.below", reached=reached, target=up.target, way=_way_up(texts, edition, up))


def why_complete(texts: Texts, edition: Edition, stands: Standing, complete: Level) -> str:
    """The complete stage, and what keeps it from being higher."""
    name = level_name(texts, edition, complete)
    if not stands.held_back_by:
        return texts("complete.top", stage=name)
    if len(stands.held_back_by) == len(stands.levels):
        return texts("complete.all", stage=name)
    names = discipline_names(texts, edition, stands.held_back_by)
    return texts("complete.held_back", stage=name, names=names)


def opportunities(
    texts: Texts, edition: Edition, stage: Level, *, survey: str | None = None
) -> Iterable[Element]:
    """What is worth doing at a stage, each with a button to promise it.

    `survey` is the one whose result shows it to a team.
    """
    for one in edition.opportunities_at(stage):
        press = PromiseOpportunity(edition.id, one.id, survey)
        yield {"type": "Container", "items": list(_opportunity(texts, one, press))}


def lift_card(texts: Texts, edition: Edition, check: Check) -> Card:
    """The disciplines to raise, and what their next level asks for."""
    stands = standing(check.answers, edition.order)
    up = lift(stands)
    back = button(texts("button.result"), ShowResult(check.id), primary=True)
    if up is None:
        return card(
            texts, [heading(texts("lift.none.heading")), text(texts("lift.none.text")), buttons([back])]
        )
    raised = (edition.disciplines[one] for one in up.nearest)
    return fitting(
        card(
            texts,
            [
                heading(texts("lift.heading", stage=level_name(texts, edition, up.target))),
                text(
                    texts.count("lift.text", up.needed, target=up.target)
                    if up.is_certain
                    else texts.count("lift.choice", up.needed, target=up.target)
                ),
                *(
                    one
                    for discipline in raised
                    for one in _next_level(texts, edition, discipline, stands.levels)
                ),
                buttons([back]),
            ],
        )
    )


def answers_card(texts: Texts, edition: Edition, check: Check) -> Card:
    """Every answer of a check, each of which can be changed."""
    return card(
        texts,
        [
            heading(texts("answers.heading")),
            facts(
                (edition.disciplines[one].name, _given(texts, edition, check.answers.get(one)))
                for one in edition.order
            ),
            choices(
                "question",
                ((one.id, one.name) for one in edition.disciplines.values()),
                label=texts("answers.label"),
                missing=texts("answers.nothing_picked"),
            ),
            buttons(
                [
                    button(
                        texts("button.change"),
                        ChangeAnswer(check.id),
                        takes_inputs=True,
                        primary=True,
                    ),
                    button(texts("button.result"), ShowResult(check.id)),
                ]
            ),
        ],
    )


def opportunities_card(texts: Texts, edition: Edition, stage: Level, check: Check | None) -> Card:
    """The opportunities of one stage, and a way to those of another."""
    return card(
        texts,
        [
            heading(texts("opportunities.heading", stage=level_name(texts, edition, stage))),
            *opportunities(texts, edition, stage),
            small(texts("result.edition", edition=edition.name)),
            choices(
                "stage",
                ((str(one), level_name(texts, edition, one)) for one in edition.stages),
                label=texts("opportunities.label"),
                missing=texts("opportunities.nothing_picked"),
                value=str(stage),
            ),
            buttons(
                [
                    button(texts("button.show_stage"), ShowOpportunities(), takes_inputs=True, primary=True),
                    button(texts("button.result"), ShowResult(check.id))
                    if check
                    else button(texts("button.start"), Start()),
                ]
            ),
        ],
    )


def _no_stage_card(
    texts: Texts, edition: Edition, check: Check, *, notice: Notice | None, label: str
) -> Card:
    stands = standing(check.answers, edition.order)
    return card(
        texts,
        [
            heading(texts("no_stage.heading")),
            *labels(label),
            *notices(notice),
            text(texts.count("no_stage.text", stands.missing, answered=len(stands.levels), of=stands.asked)),
            text(texts("no_stage.hint")),
            *(_bars(texts, edition, check, stands) if stands.levels else []),
            buttons(
                [
                    button(texts("button.answers"), ShowAnswers(check.id), primary=True),
                    button(texts("button.opportunities"), ShowOpportunities(Level.INITIAL)),
                    button(texts("button.again"), Start()),
                ]
            ),
        ],
    )


def _bars(texts: Texts, edition: Edition, check: Check, stands: Standing) -> Iterable[Element]:
    yield heading(texts("result.bars", top=Level.EFFICIENT), size="Medium")
    yield level_bars(texts, edition, stands)
    yield from _uncounted(texts, edition, check.answers)


def _after_result(texts: Texts, check: Check, stage: Level) -> Iterable[Element]:
    """Two rows, since a row of four is cut off on a phone."""
    others = button(texts("button.opportunities"), ShowOpportunities(stage.next or stage))
    if stage.next:
        yield buttons(
            [button(texts("button.lift", level=stage.next), ShowLift(check.id), primary=True), others]
        )
    else:
        yield buttons([others])
    yield buttons(
        [button(texts("button.answers"), ShowAnswers(check.id)), button(texts("button.again"), Start())]
    )


def _way_up(texts: Texts, edition: Edition, up: Lift) -> str:
    """The disciplines to raise, or how many of several that are equally close."""
    if up.is_certain:
        return discipline_names(texts, edition, up.nearest)
    return texts.count("why.way", up.needed)


def _uncounted(texts: Texts, edition: Edition, answers: Mapping[str, Answer]) -> list[Element]:
    """Which disciplines count in no stage, and why; nothing where all count."""
    left_out = {reason: [one for one in edition.order if answers.get(one) is reason] for reason in NoLevel}
    return [
        small(texts(f"uncounted.{reason}", names=discipline_names(texts, edition, those)))
        for reason, those in left_out.items()
        if those
    ]


def _next_level(
    texts: Texts, edition: Edition, discipline: Discipline, levels: Mapping[str, Level]
) -> Iterable[Element]:
    now = levels[discipline.id]
    if now.next is None:
        return
    press = PromiseStatement(edition.id, discipline.id, now.next)
    speaks = texts("pledge.button.promise_one", discipline=discipline.name)
    name = heading(discipline.name, size="Medium")
    row = beside(name, button(texts("pledge.button.promise"), press, speaks=speaks))
    yield row | {"separator": True, "spacing": "Large"}
    yield small(
        texts("lift.step", now=answer_name(texts, edition, now), next=answer_name(texts, edition, now.next))
    )
    yield bullets(one.text for one in discipline.levels[now.next].statements)


def _given(texts: Texts, edition: Edition, answer: Answer | None) -> str:
    return texts("answer.open") if answer is None else answer_name(texts, edition, answer)


def _opportunity(texts: Texts, one: Opportunity, press: PromiseOpportunity) -> Iterable[Element]:
    speaks = texts("pledge.button.promise_this", what=one.title)
    yield beside(
        text(one.title, weight="Bolder"), button(texts("pledge.button.promise"), press, speaks=speaks)
    )
    yield text(one.text, spacing="None")
    if one.links:
        yield bullets(_link(texts, link) for link in one.links)


def _link(texts: Texts, link: Link) -> str:
    shown = f"[{link.title}]({link.url})"
    if link.state is LinkState.CURRENT:
        return shown
    if link.successor is None:
        return texts(f"link.{link.state}.alone", link=shown)
    return texts(
        f"link.{link.state}.successor",
        link=shown,
        successor=f"[{link.successor.title}]({link.successor.url})",
    )
