"""What databases raise, by what can be done about it.

    except RAISED.unavailable:

Who loads a driver adds what it raises, so that none is loaded that is not used.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

Kinds = tuple[type[Exception], ...]


@dataclass(slots=True)
class Raised:
    """Kinds of exceptions, to be looked up as something is caught."""

    driver: Kinds
    """From a database that cannot be used, for whatever reason."""
    unavailable: Kinds
    """From one that is away, or busy, and may be back in a moment."""
    conflicts: Kinds
    """From a row that another row forbids."""

    def add(self, other: Raised) -> None:
        """Know another driver's as well."""
        self.driver += other.driver
        self.unavailable += other.unavailable
        self.conflicts += other.conflicts


RAISED = Raised(
    driver=(sqlite3.Error, OSError),
    unavailable=(sqlite3.OperationalError, OSError),
    conflicts=(sqlite3.IntegrityError,),
)
