"""What the buttons around a person's own data say. They name nobody: each is about who presses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict

_CONFIG = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class ShowMyData:
    """Show what is kept about who presses."""

    __pydantic_config__ = _CONFIG

    do: Literal["my-data"] = "my-data"


@dataclass(frozen=True, slots=True)
class GetMyData:
    """Get all of it as a file, in the own chat."""

    __pydantic_config__ = _CONFIG

    do: Literal["my-data-file"] = "my-data-file"


@dataclass(frozen=True, slots=True)
class AskToForget:
    """Show what being forgotten means."""

    __pydantic_config__ = _CONFIG

    do: Literal["ask-to-forget"] = "ask-to-forget"


@dataclass(frozen=True, slots=True)
class ForgetMe:
    """Delete everything about who presses, in their own chat."""

    __pydantic_config__ = _CONFIG

    do: Literal["forget-me"] = "forget-me"


@dataclass(frozen=True, slots=True)
class KeepMe:
    """Delete nothing."""

    __pydantic_config__ = _CONFIG

    do: Literal["keep-me"] = "keep-me"


PrivacyPress = ShowMyData | GetMyData | AskToForget | ForgetMe | KeepMe
"""A press about the presser's own data."""
