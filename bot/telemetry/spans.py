"""Spans that say what happened, and nothing of what was said: no error's text, no trace of the code."""

from __future__ import annotations

from contextlib import AbstractContextManager

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Tracer

LONGEST = 100
"""Signs of a name that somebody else gives; those of Teams are shorter."""


def quiet_span(
    tracer: Tracer, name: str, kind: SpanKind, context: Context | None = None
) -> AbstractContextManager[Span]:
    """A span until the block ends; by itself it would keep the words of an error, which may be anybody's."""
    return tracer.start_as_current_span(
        name, context, kind, record_exception=False, set_status_on_exception=False
    )


def named(**attributes: str | int) -> dict[str, str | int]:
    """Attributes of a span under the bot's own names; those that are empty are left out."""
    return {
        f"maturity_coach.{name}": value[:LONGEST] if isinstance(value, str) else value
        for name, value in attributes.items()
        if value != ""
    }
