"""The bot as `app.py` runs it, at another rate than Teams allows: `python -m benchmarks.quick_bot RATE`.

Only a benchmark may do that, so the rate is no setting of the bot.
"""

import sys
from functools import partial
from unittest.mock import patch

import app
from jobs.pacer import Pacer

if __name__ == "__main__":
    rate = float(sys.argv[1])
    with patch.multiple(app, Pacer=partial(Pacer, rate=rate), RATE=rate):
        sys.exit(app.main())
