"""Bytes that look for new ways through the code: libFuzzer, guided by which lines of ours were reached.

.venv/bin/python -m tests.fuzz.guided --runs 1000000 --seed 1
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import atheris
import orjson

with atheris.instrument_imports(
    include=[
        "assessment",
        "bot.envelope",
        "bot.incoming",
        "bot.tokens",
        "cards",
        "content",
        "dialogs",
        "jwt",
        "tests.fuzz",
        "yaml",
    ]
):
    from cards.presses import encode
    from tests.acceptance.every_button import EVERY_PRESS, example
    from tests.acceptance.tokens import BAD_TOKENS
    from tests.fuzz.gate import gate
    from tests.fuzz.mutations import WORDS
    from tests.fuzz.seeds import ACTIVITY, CONTENT_FILES, IDS, ODD_YAML, TYPED
    from tests.fuzz.targets import TARGETS, content

HANGS_AFTER = 5
"""Seconds; what takes longer than Teams waits is a finding."""

LONGEST = 4096
"""Bytes."""

LONGEST_PIECE = 50
"""Bytes; libFuzzer's dictionary takes no long ones."""

MEMORY = 1024
"""MiB, above which something is a finding."""


def main() -> int:
    """Try each target in a process of its own; returns 1 where one of them ended with a finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000_000, help="of each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", choices=TARGETS, help="one alone, in this process")
    parser.add_argument(
        "--keep", type=Path, default=Path("var/fuzz"), help="where what breaks a target is put"
    )
    given = parser.parse_args()
    given.keep.mkdir(parents=True, exist_ok=True)
    if given.target:
        _fuzz(given.target, given.runs, given.seed, given.keep)
    arguments = (f"--runs={given.runs}", f"--seed={given.seed}", f"--keep={given.keep}")
    ended = [
        subprocess.run((sys.executable, "-m", __spec__.name, *arguments, f"--target={one}"), check=False)
        for one in TARGETS
    ]
    return int(any(one.returncode for one in ended))


def _fuzz(target: str, runs: int, seed: int, keep: Path) -> None:
    """Ends the process, which is how libFuzzer works: with 0, or with the trace and bytes of a finding."""
    content()
    with tempfile.TemporaryDirectory() as seeds, tempfile.NamedTemporaryFile("w") as dictionary:
        for number, good in enumerate(_seeds(target)):
            Path(seeds, str(number)).write_bytes(good)
        dictionary.writelines(f'"{_escaped(piece)}"\n' for piece in _pieces())
        dictionary.flush()
        options = {
            "runs": runs,
            "seed": seed,
            "max_len": LONGEST,
            "timeout": HANGS_AFTER,
            "rss_limit_mb": MEMORY,
            "artifact_prefix": f"{keep}/{target}-",
            "dict": dictionary.name,
        }
        atheris.Setup(
            [target, *(f"-{name}={value}" for name, value in options.items()), seeds], TARGETS[target]
        )
        atheris.Fuzz()


def _pieces() -> Iterable[bytes]:
    """What is put in here and there."""
    odd = (one.encode(errors="surrogatepass") for one in ODD_YAML)
    return (*WORDS, *(one for one in odd if len(one) < LONGEST_PIECE))


def _seeds(target: str) -> Iterable[bytes]:
    match target:
        case "header":
            bad = (f"Bearer {make(gate().issuer)}" for make in BAD_TOKENS.values())
            return [gate().good, *(one.encode() for one in bad)]
        case "body":
            return [orjson.dumps(ACTIVITY)]
        case "press":
            return [orjson.dumps(encode(example(kind, IDS))) for kind in EVERY_PRESS]
        case "words":
            return [word.encode() for word in TYPED]
        case _:
            return [file.read_bytes()[:LONGEST] for file in CONTENT_FILES]


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


if __name__ == "__main__":
    sys.exit(main())
