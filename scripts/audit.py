"""Ask whether anything that production installs has a known vulnerability.

pip-audit by itself says "No known vulnerabilities found", with success, though nobody could be asked.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = "requirements.txt"

ALL_WELL, FOUND_SOMETHING = 0, 1


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found, which packages are unknown where others are known, and how many were looked up."""

    findings: tuple[str, ...]
    unknown: tuple[str, ...]
    looked_up: int


def audit(report: dict[str, Any]) -> Audit:
    """What pip-audit's report says."""
    skipped = [one["name"] for one in report["dependencies"] if "skip_reason" in one]
    known = [one for one in report["dependencies"] if "skip_reason" not in one]
    findings = (line for one in known for line in vulnerabilities(one))
    return Audit(tuple(findings), tuple(skipped if known else ()), len(known))


def vulnerabilities(dependency: dict[str, Any]) -> Iterator[str]:
    """One line each, with the version that mends it."""
    for one in dependency["vulns"]:
        fix = f"mended in {', '.join(one['fix_versions'])}" if one["fix_versions"] else "not mended yet"
        names = ", ".join([one["id"], *one["aliases"]])
        yield f"{dependency['name']} {dependency['version']}: {names}, {fix}"


def verdict(found: Audit | None, *, insists: bool) -> tuple[int, list[str]]:
    """The exit status, and what to tell; with `insists` nothing is well that could not be looked up."""
    if found is None or not found.looked_up:
        told = ["NOT AUDITED: the vulnerability service cannot be reached from here, so nothing is known."]
        return (FOUND_SOMETHING if insists else ALL_WELL), told
    told = [*found.findings, *(f"{one}: unknown to the service" for one in found.unknown)]
    if told:
        return FOUND_SOMETHING, told
    return ALL_WELL, [f"{found.looked_up} packages of {REQUIREMENTS}: no known vulnerability."]


def ask() -> Audit | None:
    """None where there was no answer at all."""
    command = (*("-m", "pip_audit", "--format", "json", "--progress-spinner", "off"), "--disable-pip")
    done = subprocess.run(
        [sys.executable, *command, "--requirement", REQUIREMENTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1} or "No module named" in done.stderr:
        sys.exit(f"pip-audit did not run:\n{done.stderr}")
    try:
        return audit(json.loads(done.stdout))
    except ValueError:
        print(done.stderr.strip().rpartition("\n")[2], file=sys.stderr)
        return None


def main() -> int:
    status, told = verdict(ask(), insists="--insist" in sys.argv[1:])
    print("\n".join(told))
    return status


if __name__ == "__main__":
    sys.exit(main())
