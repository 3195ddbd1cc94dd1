"""Who in our code reaches whom: functions by the names that they call, imports resolved, read without running them."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "core", "accounts", "notifications", "billing", "vendors", "subscriptions", "operator_panel", "customer_panel",
    "api", "brokerage",
)  # fmt: skip


class Code:
    """Our modules: every function and method of a module's top level with what it mentions."""

    def __init__(self) -> None:
        """Read all modules of the product but its migrations."""
        self.bodies: dict[str, ast.AST] = {}
        self._imported: dict[str, dict[str, str]] = {}
        self._module: dict[str, str] = {}
        for package in PACKAGES:
            for path in sorted((ROOT / package).rglob("*.py")):
                if "migrations" not in path.parts:
                    self._read(".".join(path.relative_to(ROOT).with_suffix("").parts), ast.parse(path.read_text()))

    def _read(self, module: str, tree: ast.Module) -> None:
        names = self._imported.setdefault(module, {})
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                names |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
        for node in tree.body:
            inside = [(f"{module}.{node.name}.", part) for part in node.body] if isinstance(node, ast.ClassDef) else []
            for place, part in [(f"{module}.", node), *inside]:
                if isinstance(part, ast.FunctionDef):
                    self.bodies[place + part.name], self._module[place + part.name] = part, module

    def holding(self, sought: Callable[[ast.AST], bool]) -> set[str]:
        """Return the functions in which a part is what is sought."""
        return {name for name, body in self.bodies.items() if any(sought(part) for part in ast.walk(body))}

    def reaching(self, ends: set[str]) -> set[str]:
        """Return the functions that reach one of `ends` by what they mention, and these."""
        mentioned = {name: set(self._mentioned(name)) for name in self.bodies}
        found, more = set(), set(ends)
        while more - found:
            found |= more
            more = {name for name, others in mentioned.items() if others & found}
        return found

    def _mentioned(self, name: str) -> Iterator[str]:
        module = self._module[name]
        for part in ast.walk(self.bodies[name]):
            if isinstance(part, ast.Name):
                yield self._imported[module].get(part.id, f"{module}.{part.id}")
            elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                if part.value.id == "self":  # a method of the same class
                    yield f"{name.rpartition('.')[0]}.{part.attr}"
                else:  # of a module or a class that was imported
                    yield f"{self._imported[module].get(part.value.id, module + '.' + part.value.id)}.{part.attr}"
