"""A small file system in memory, that can be filled to the brim without harm to anybody else's."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BALLAST = "ballast"
PIECE = 64 * 1024
"""Bytes. What does not fit is written in part, and then nothing fits."""


class Disk:
    """Who may not mount anything gets an ordinary folder, which is never full."""

    def __init__(self, folder: Path, mebibytes: int) -> None:
        self.folder = folder
        self._size = f"size={mebibytes}m"
        self.can_be_full = False

    @contextmanager
    def mounted(self) -> Iterator[None]:
        self.folder.mkdir(parents=True)
        self.can_be_full = _succeeds("mount", "-t", "tmpfs", "-o", self._size, "tmpfs", str(self.folder))
        try:
            yield
        finally:
            if self.can_be_full:
                # Lazily: somebody may still have a file open.
                _succeeds("umount", "--lazy", str(self.folder))

    def fills(self) -> None:
        """Leaves not one block to anybody."""
        assert self.can_be_full
        with (self.folder / BALLAST).open("wb", buffering=0) as ballast, suppress(OSError):
            while True:
                ballast.write(bytes(PIECE))

    def has_room_again(self) -> None:
        (self.folder / BALLAST).unlink(missing_ok=True)


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
