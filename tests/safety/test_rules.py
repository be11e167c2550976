"""Every rule has a test of its name, and the locked versions are those that the rules ask for."""

import ast
import re
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
RULES = {
    *(f"f{number}" for number in range(1, 21)),
    *(f"d{number}" for number in range(1, 14) if number != 2),
    *(f"m{number}" for number in range(1, 14)),
    *(f"l{number}" for number in range(1, 13)),
    *(f"o{number}" for number in range(1, 13)),
    "s1",
}
"""Fetching, decoding, model files, load, output and server, and the supply of packages."""

FLOORS = {"streamlit": "1.54", "starlette": "1.1.0", "pillow": "12.3"}


def locked():
    """Return the name, version and number of hashes of every package in the lock file."""
    text = (ROOT / "requirements-lock.txt").read_text().replace("\\\n", " ")
    for line in text.splitlines():
        pinned, *hashes = line.split("--hash=sha256:")
        requirement = Requirement(pinned)
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        yield requirement.name.lower().replace("_", "-"), Version(pin.version), len(hashes)


def test_every_rule_has_a_test():
    names = {
        part
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        for part in node.name.split("_")
    }
    assert sorted(RULES - names) == []


def test_s1_every_version_is_locked_with_its_hashes():
    versions = {}
    for name, version, hashes in locked():
        assert hashes
        versions.setdefault(name, version)
    for name, floor in FLOORS.items():
        assert versions[name] >= Version(floor)
    asked = (ROOT / "requirements.txt").read_text()
    for line in re.findall(r"^[a-z].*", asked, re.MULTILINE):
        requirement = Requirement(line.partition("#")[0])
        name = requirement.name.lower().replace("_", "-")
        assert versions[name] in requirement.specifier
