"""What an installation brings along is used: a package that nothing imports is only something to be kept up to date."""

import re
import subprocess
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# The user's choice for what is still to come: uploads of spreadsheets, and documents as PDF.
CHOSEN = {"openpyxl", "weasyprint"}
RANGES = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]


OWNERS = cache(packages_distributions)


@cache
def plain(name: str) -> str:
    """Return a package's name as all its spellings are compared."""
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9_.-]+", name)[0]).lower()


@cache
def source() -> str:
    """Return what runs in production: imports, and the names of apps, classes and addresses in settings."""
    files = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return "\n".join((ROOT / file).read_text() for file in files.split() if not file.startswith(("tests/", "bench/")))


@pytest.mark.parametrize("package", sorted({plain(line) for line in RANGES} - CHOSEN))
def test_every_package_of_production_is_used(package):
    modules = [name for name, owners in OWNERS().items() if package in map(plain, owners)]
    used = "|".join(map(re.escape, modules))
    assert modules
    assert re.search(rf"^\s*(?:import|from) (?:{used})\b|[\"'](?:{used})[\"'.]", source(), re.MULTILINE)
