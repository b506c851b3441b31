"""`app.py` with the clock in the file CLOCK_FILE, and eyes that look around every LOOK_EVERY seconds."""

import os
import sys
from functools import partial
from pathlib import Path

import app
from jobs import watch
from tests.acceptance.clock import time_in

if __name__ == "__main__":
    watch.LOOK_EVERY = float(os.environ.get("LOOK_EVERY", "0.5"))
    app.create_app = partial(app.create_app, clock=partial(time_in, Path(os.environ["CLOCK_FILE"])))
    sys.exit(app.main())
