"""Write down all that production installs, with licenses, and refuse a license nobody has agreed to.

The environment is one that was built from requirements.txt alone: `make sbom` sees to that.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / "var/production"
REQUIREMENTS = ROOT / "requirements.txt"
TARGET = ROOT / "var/sbom.cdx.json"

FREE = frozenset(
    {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "PSF-2.0", "Python-2.0"}
    | {f"License :: OSI Approved :: {one} License" for one in ("Apache Software", "BSD")}
)
"""Ask for nothing but to be named; a few packages say it in the older way."""

FREE_UNCHANGED = frozenset(
    {"LGPL-3.0-only", "MPL-2.0", "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)"}
)
"""Ask that changes to the package itself be published; we change none, and whoever runs it may replace it."""


READ = {"protobuf": "BSD-3-Clause"}
"""What the license file says of packages whose metadata say it in words that no program knows."""


def licenses(component: dict[str, Any]) -> list[str]:
    """Of a license expression all parts, though after an OR one would do."""
    named = [part for one in component.get("licenses", []) for part in _parts(one)]
    return named or ([READ[component["name"]]] if component["name"] in READ else [])


def _parts(license_: dict[str, Any]) -> list[str]:
    if "expression" in license_:
        return re.findall(r"[^\s()]+", re.sub(r"\b(AND|OR)\b", " ", license_["expression"]))
    named = license_["license"]
    return [named["id"] if "id" in named else named["name"]]


def objections(components: list[dict[str, Any]]) -> Iterator[str]:
    """What is not to be used as it is; one line each."""
    for one in components:
        if not (found := licenses(one)):
            yield f"{one['name']} {one['version']} names no license"
        for each in sorted(set(found) - FREE - FREE_UNCHANGED):
            yield f"{one['name']} {one['version']} has the license {each}, which nobody has agreed to"


def locked(requirements: str) -> set[str]:
    """The names in a requirements file, as registries write them."""
    return {_normal(one) for one in re.findall(r"^([\w.-]+)(?:\[.+\])?==", requirements, re.MULTILINE)}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def strangers(components: list[dict[str, Any]], requirements: str) -> Iterator[str]:
    """What is installed without being locked; one line each."""
    known = locked(requirements)
    for one in components:
        if _normal(one["name"]) not in known:
            yield f"{one['name']} {one['version']} is not in requirements.txt"


def write() -> list[dict[str, Any]]:
    """The bill of materials, as CycloneDX, the same for the same requirements; its components."""
    command = (*("-m", "cyclonedx_py", "environment", ENVIRONMENT), "--pyproject", ROOT / "pyproject.toml")
    form = ("--output-reproducible", "--output-format", "JSON", "--output-file", TARGET)
    subprocess.run([sys.executable, *command, *form], cwd=ROOT, check=True)
    components: list[dict[str, Any]] = json.loads(TARGET.read_text("utf-8"))["components"]
    return components


def main() -> int:
    components = write()
    if wrong := [*strangers(components, REQUIREMENTS.read_text("utf-8")), *objections(components)]:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    counted = Counter(each for one in components for each in set(licenses(one)))
    print(f"{TARGET.relative_to(ROOT)} lists {len(components)} packages, with these licenses:")
    print("\n".join(f"  {number:3} {name}" for name, number in counted.most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
