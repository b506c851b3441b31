"""`app.py` with the clock in the file that CLOCK_FILE names, and eyes that look around more often."""

import os
import sys
from functools import partial
from pathlib import Path

import app
from jobs import watch
from tests.acceptance.clock import time_in

if __name__ == "__main__":
    watch.LOOK_EVERY = 0.5
    app.create_app = partial(app.create_app, clock=partial(time_in, Path(os.environ["CLOCK_FILE"])))
    sys.exit(app.main())
