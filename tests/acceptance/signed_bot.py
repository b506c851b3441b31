"""`app.py` with a made-up token towards Teams.

MSAL speaks to Entra only, over TLS; the bot asks it once in four minutes, which is nothing of a turn's cost.
"""

import sys
from unittest.mock import patch

import app
from bot.tokens import EntraCredentials


async def _made_up(_: EntraCredentials) -> str:
    return "a token of the bot"


if __name__ == "__main__":
    with patch.object(EntraCredentials, "_ask", _made_up):
        sys.exit(app.main())
