"""What a process sees to before it listens."""

import resource
import subprocess
import sys

FEW = """
import resource
from bot.serving import open_as_many_files_as_allowed

resource.setrlimit(resource.RLIMIT_NOFILE, (64, 512))
open_as_many_files_as_allowed()
print(resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_as_many_connections_as_the_system_allows() -> None:
    """Where a process may open few files at first, it asks for all that it may have, and no more."""
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] >= 512
    told = subprocess.run([sys.executable, "-c", FEW], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "(512, 512)"
