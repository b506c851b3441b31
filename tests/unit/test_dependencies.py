"""What `make audit` and `make sbom` make of what their tools report."""

from typing import Any

import pytest

from scripts.audit import Audit, audit, verdict
from scripts.sbom import licenses, objections, strangers

FINE = {"name": "aiohttp", "version": "3.14.5", "vulns": []}
SKIPPED = {"name": "pyjwt", "skip_reason": "Dependency not found on PyPI and could not be audited"}
BAD = {
    "name": "pyjwt",
    "version": "2.9.0",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2.15.0"], "description": "long"}],
}
HOPELESS = {"name": "old", "version": "1", "vulns": [{"id": "PYSEC-2", "aliases": [], "fix_versions": []}]}


def said(*dependencies: dict[str, Any], insists: bool = False) -> tuple[int, list[str]]:
    return verdict(audit({"dependencies": list(dependencies), "fixes": []}), insists=insists)


def test_nothing_known_of_anything_is_well() -> None:
    assert said(FINE, FINE) == (0, ["2 packages of requirements.txt: no known vulnerability."])


def test_a_finding_fails_with_what_mends_it() -> None:
    """Also beside packages that are fine."""
    status, told = said(FINE, BAD, HOPELESS)

    assert status == 1
    assert told == ["pyjwt 2.9.0: PYSEC-1, CVE-1, mended in 2.15.0", "old 1: PYSEC-2, not mended yet"]


@pytest.mark.parametrize("found", [None, audit({"dependencies": [SKIPPED, SKIPPED]})])
def test_where_nobody_answers_nothing_is_claimed(found: Audit | None) -> None:
    """No failure for a machine without the Internet, and no word that all is well either."""
    status, told = verdict(found, insists=False)

    assert status == 0
    assert told == [
        "NOT AUDITED: the vulnerability service cannot be reached from here, so nothing is known."
    ]
    assert verdict(found, insists=True) == (1, told)


def test_a_package_that_alone_is_unknown_fails() -> None:
    """Whoever answers knows all packages there are; one that is missing was withdrawn, or never was."""
    assert said(FINE, SKIPPED) == (1, ["pyjwt: unknown to the service"])


def component(name: str, *named: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "version": "1.0", "licenses": list(named)}


MIT = {"license": {"id": "MIT"}}


def test_all_parts_of_an_expression_count() -> None:
    one = component("orjson", {"expression": "MPL-2.0 AND (Apache-2.0 OR MIT)"}, MIT)

    assert licenses(one) == ["MPL-2.0", "Apache-2.0", "MIT", "MIT"]
    assert list(objections([one])) == []


@pytest.mark.parametrize(
    "named, objection",
    [
        ([MIT], []),
        ([], ["it 1.0 names no license"]),
        (
            [{"expression": "MIT AND AGPL-3.0-only"}],
            ["it 1.0 has the license AGPL-3.0-only, which nobody has agreed to"],
        ),
        ([MIT, {"license": {"name": "Mine"}}], ["it 1.0 has the license Mine, which nobody has agreed to"]),
    ],
)
def test_a_license_nobody_agreed_to_is_named(named: list[dict[str, Any]], objection: list[str]) -> None:
    assert list(objections([component("it", *named)])) == objection


def test_a_license_that_somebody_read_counts_where_none_is_named() -> None:
    """What a package names itself comes first, so that a new license is seen."""
    assert licenses(component("protobuf")) == ["BSD-3-Clause"]
    assert licenses(component("protobuf", {"expression": "AGPL-3.0-only"})) == ["AGPL-3.0-only"]


def test_what_is_not_locked_is_named() -> None:
    """In whatever way its name is written."""
    there = [component("typing_extensions"), component("PyJWT"), component("left-pad")]
    locked = "typing-extensions==4.16.0 \\\npyjwt[crypto]==2.15.1 \\\n    --hash=x\n"

    assert list(strangers(there, locked)) == ["left-pad 1.0 is not in requirements.txt"]
