"""Teams delivers a message again when it hears nothing for 15 seconds; one answer is enough."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from botbuilder.schema import Activity, ActivityTypes

REMEMBERED = 10_000
"""Messages kept in mind; Teams repeats within a minute."""


class Redelivery:
    """Remembers which messages this process has handled or is handling.

    A comfort, not a guard: it knows nothing of other replicas, nor of before a restart. There an answer is
    still given once, by the activity stored with it; only a typed "back" goes back twice. Presses are always
    handled again, since each delivery waits for its answer.
    """

    def __init__(self) -> None:
        self._handled: OrderedDict[tuple[str, str], None] = OrderedDict()

    @contextmanager
    def watching(self, activity: Activity) -> Iterator[bool]:
        """Whether this is the first delivery. One whose turn is cancelled may come again.

        A turn that goes wrong ends with an apology, and so counts as handled.
        """
        key = (activity.conversation.id, activity.id or "")
        if activity.type != ActivityTypes.message or not activity.id:
            yield True
            return
        if key in self._handled:
            yield False
            return
        self._handled[key] = None
        if len(self._handled) > REMEMBERED:
            self._handled.popitem(last=False)
        try:
            yield True
        except BaseException:
            self._handled.pop(key, None)
            raise
