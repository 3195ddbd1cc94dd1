"""The rules of docs/architecture.md that no linter sees. Each failure names the file and the line."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    "accounts", "api", "billing", "brokerage", "core", "customer_panel", "notifications", "operator_panel",
    "subscriptions", "vendors", "sandbox",
)  # fmt: skip
LOCKS = (
    "requirements.lock",
    "requirements-dev.lock",
    "requirements-node.lock",
    "requirements-redis.lock",
    "package-lock.json",
)
PIN = re.compile(r"^[A-Za-z0-9_.-]+(?:\[[^\]]*\])?==\S+(?: ;[^\\\n]*)? \\\n    --hash=sha256:", re.MULTILINE)
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
LONGEST_SETTINGS = 300

# What reads the clock: the edge, which hands the time down as `today` or `now`.
EDGE = {
    "*/views.py": "an HTTP request arrives here",
    "*/views/*": "an HTTP request arrives here",
    "*/tasks.py": "a worker takes a task here",
    "*/management/commands/*": "a command is typed here",
    "accounts/proof.py": "asked by a view, in the middle of a request",
    "notifications/receivers.py": "what sign-in tells arrives here, in the middle of a request",
    "api/authentication.py": "a call with a token arrives here",
    "accounts/sign_in.py": "axes asks it in the middle of a request",
    "accounts/receivers.py": "allauth's and hijack's signals arrive here, in the middle of a request",
    "accounts/middleware.py": "every HTTP request passes here",
    "accounts/sessions.py": "Django's session middleware asks it in the middle of a request",
    "brokerage/*": "the composition root",
    "sandbox/*": "a pretend vendor has a clock of its own",
}

CLOCK = {"now", "today", "utcnow", "localdate"}

# Modules without a test file of their own name: each with the tests that hold them.
WITHOUT_OWN_TEST = {
    "*/__init__.py": "names a package",
    "*/apps.py": "Django's registration; nothing starts without it",
    "*/migrations/*": "run by every database test, and compared with the models by make check",
    "accounts/proof.py": "tests/accounts/test_signed_in.py",
    "accounts/reset_links.py": "tests/notifications/test_security_events.py",
    "accounts/tasks.py": "tests/accounts/test_signed_in.py and test_lockout.py hold what it calls",
    "*/urls.py": "tests/security walks every address",
    "*/models.py": "rows: held by the tests of the verbs that write them",
    "*/models/*": "rows: held by the tests of the verbs that write them",
    "*/signals.py": "announcements only: held by the tests of who sends and who receives them",
    "operator_panel/forms/*": "held by the tests of the views that show them",
    "customer_panel/forms/*": "held by the tests of the views that show them",
    "brokerage/demo/*": "tests/brokerage/test_demo.py and `make demo ONCE=1` run the whole job",
    "brokerage/management/commands/demo.py": "`make demo ONCE=1`",
    "operator_panel/lists/*": "tests/operator_panel/lists/test_every_list.py opens each",
    "core/lists/reading.py": "tests/core/lists/test_views.py",
    "core/lists/download.py": "tests/core/lists/test_views.py",
    "core/lists/export.py": "tests/core/lists/test_views.py",
    "core/lists/templatetags/lists.py": "tests/core/lists/test_views.py",
    "core/panel/asking.py": "only named in types: mypy",
    "brokerage/urls.py": "tests/security walks every address",
    "brokerage/wsgi.py": "the browser tests and the demo are served by it",
    "brokerage/schedule.py": "tests/brokerage/test_celery.py",
    "brokerage/receivers.py": "tests/brokerage/test_jobs.py, tests/brokerage/test_alive.py",
    "brokerage/tasks.py": "tests/brokerage/test_jobs.py",
    "brokerage/server_programs.py": "tests/brokerage/test_local_services.py",
    "brokerage/server_processes.py": "tests/brokerage/test_local_services.py",
    "subscriptions/resolving/*": "tests/subscriptions/resolving: test_deeds.py, test_settling.py, test_line_five.py",
    "subscriptions/simulation/*": "test_history.py reads histories, test_playing.py plays them whole",
    "sandbox/__main__.py": "started by the browser tests and the demo",
}

# What a file without it has none of: only the others are parsed to know for sure.
MAY_READ_THE_CLOCK = re.compile(
    r"(timezone|datetime|date)\s*\.\s*(now|today|utcnow|localdate)\b|django\.utils\.timezone"
)
MAY_IMPORT_ELSEWHERE = re.compile(
    r"^[ \t]+(from|import)\b|\bfrom\s*\.|\bimport\s*\(?\s*\*|[;:][ \t]*(from|import)\b", re.MULTILINE
)
SAYS_WHAT_IT_IS_FOR = re.compile(r'(\s*#.*\n)*\s*"""\s*[^\s"]')

# The names that say nothing about what is inside.
EMPTY_WORDS = {"utils", "util", "helpers", "common", "manager", "actions", "misc"}


def modules(*packages: str) -> Iterator[Path]:
    for package in packages or PACKAGES:
        yield from sorted(path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def reason(path: Path, reasons: dict[str, str]) -> str | None:
    return next((why for pattern, why in reasons.items() if fnmatch(name(path), pattern)), None)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def expect_none(faults: list[str]) -> None:
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


def required(line: str) -> str:
    """The package that a line of pyproject.toml asks for."""
    return re.split(r"[\[<>=~!; ]", line)[0].lower()


def test_there_is_something_to_look_at():
    assert {path.relative_to(ROOT).parts[0] for path in modules()} == set(PACKAGES)


def test_every_module_has_its_test_file():
    missing = []
    for path in modules():
        folder, stem = ROOT / "tests" / path.relative_to(ROOT).parent, path.stem
        own = [*folder.glob(f"test_{stem}.py"), *folder.glob(f"test_{stem}_*.py"), *(folder / stem).glob("test_*.py")]
        if not own and not reason(path, WITHOUT_OWN_TEST):
            missing.append(name(path))
    expect_none(missing)


def test_files_and_functions_fit_a_page():
    long = []
    for path in modules():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines >= LONGEST_FILE:
            long.append(f"{name(path)}: {lines} lines")
        for node in ast.walk(tree(path)) if lines > LONGEST_FUNCTION else ():
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION:
                long.append(f"{name(path)}:{node.lineno}: {node.name} has {node.end_lineno - node.lineno + 1} lines")
    expect_none(long)
    assert len((ROOT / "brokerage" / "settings.py").read_text().splitlines()) < LONGEST_SETTINGS


def test_panels_and_api_start_at_queries_and_verbs_never_at_objects():
    found = [
        f"{name(path)}:{node.lineno}"
        for path in modules("api", "operator_panel", "customer_panel")
        if re.search(r"\b(objects|_default_manager|_base_manager)\b", path.read_text(encoding="utf-8"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager")
    ]
    expect_none(found)


def test_nothing_below_the_edge_reads_the_clock():
    found = []
    for path in modules():
        if reason(path, EDGE) or not MAY_READ_THE_CLOCK.search(path.read_text(encoding="utf-8")):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and node.attr in CLOCK and isinstance(node.value, ast.Name):
                if node.value.id.removeprefix("django_") in ("timezone", "datetime", "date"):
                    found.append(f"{name(path)}:{node.lineno}: {node.value.id}.{node.attr}")
            elif isinstance(node, ast.ImportFrom) and node.module == "django.utils.timezone":
                read = [alias.name for alias in node.names if alias.name in CLOCK]
                found += [f"{name(path)}:{node.lineno}: {one}" for one in read]
    expect_none(found)


def test_imports_stand_at_the_top_and_are_absolute():
    found = []
    for path in modules():
        if not MAY_IMPORT_ELSEWHERE.search(path.read_text(encoding="utf-8")):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [part for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom)]
                found += [f"{name(path)}:{part.lineno}: in a function" for part in inner]
            if isinstance(node, ast.ImportFrom) and (node.level or any(alias.name == "*" for alias in node.names)):
                found.append(f"{name(path)}:{node.lineno}: relative or star")
    expect_none(found)


def test_models_are_rows_without_tricks():
    found = []
    for path in modules():
        if path.parent.name != "models" and path.name != "models.py":
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete"):
                found.append(f"{name(path)}:{node.lineno}: overrides {node.name}")
            if isinstance(node, ast.ClassDef) and node.name == "Meta":
                names = [target.id for part in node.body if isinstance(part, ast.Assign) for target in part.targets]
                found += [f"{name(path)}:{node.lineno}: Meta.ordering"] * ("ordering" in names)
    expect_none(found)


def test_modules_are_named_by_words_of_the_trade():
    assert [name(path) for path in modules() if path.stem in EMPTY_WORDS or path.parent.name in EMPTY_WORDS] == []


def test_every_module_says_what_it_is_for():
    doubtful = [path for path in modules() if not SAYS_WHAT_IT_IS_FOR.match(path.read_text(encoding="utf-8"))]
    silent = [name(path) for path in doubtful if path.stem != "__init__" and not ast.get_docstring(tree(path))]
    expect_none(silent)


def test_nothing_is_left_for_later_and_no_failure_is_swallowed():
    later = re.compile(r"#\s*(TODO|FIXME|XXX)\b")
    bare = re.compile(r"#\s*(noqa|type:\s*ignore)(\[[^\]]*\]|:\s*[A-Z0-9, ]+)?\s*$")
    swallowed = re.compile(r"except( Exception| BaseException)?:\n\s+pass\b")
    found = []
    for path in (*modules(), *sorted((ROOT / "tests").rglob("*.py"))):
        text = path.read_text(encoding="utf-8")
        lines = enumerate(text.splitlines(), start=1)
        found += [f"{name(path)}:{number}" for number, line in lines if later.search(line) or bare.search(line)]
        found += [f"{name(path)}: a swallowed exception"] * len(swallowed.findall(text))
    expect_none(found)


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    packages = json.loads((ROOT / "package.json").read_text())
    wanted = {required(line) for group in groups for line in group}
    wanted |= {*packages["dependencies"], *packages["devDependencies"]}
    explained = re.findall(r"^- `([^`]+)`: \S", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE)
    assert sorted(explained) == sorted(wanted)


@pytest.mark.parametrize(
    "lock",
    [
        "requirements.lock",
        "requirements-dev.lock",
        "requirements-node.lock",
        "requirements-redis.lock",
        "package-lock.json",
    ],
)
def test_lock_files_name_no_host(lock):
    text = (ROOT / lock).read_text()
    assert re.findall(r"\w+://\S+", text) == []
    if lock.endswith(".json"):
        packages = {path: facts for path, facts in json.loads(text)["packages"].items() if path}
        assert [path for path, facts in packages.items() if not facts.get("integrity", "").startswith("sha512-")] == []
    else:
        pinned = re.findall(
            r"^[A-Za-z0-9_.-]+(?:\[[^\]]*\])?==\S+(?: ;[^\\\n]*)? \\\n    --hash=sha256:", text, re.MULTILINE
        )
        assert len(pinned) == len(re.findall(r"^[A-Za-z0-9]", text, re.MULTILINE))


def test_lock_files_are_those_of_the_ranges():
    """Every range has its pin; `make lock` was not forgotten."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for ranges, lock in (
        (project["project"]["dependencies"], "requirements.lock"),
        ([*project["project"]["dependencies"], *project["dependency-groups"]["dev"]], "requirements-dev.lock"),
        (project["dependency-groups"]["node"], "requirements-node.lock"),
        (project["dependency-groups"]["redis"], "requirements-redis.lock"),
    ):
        pinned = set(re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==", (ROOT / lock).read_text(), re.MULTILINE))
        wanted = {required(line) for line in ranges}
        assert wanted - pinned == set()
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"][""]
    package = json.loads((ROOT / "package.json").read_text())
    assert (locked["dependencies"], locked["devDependencies"]) == (package["dependencies"], package["devDependencies"])
