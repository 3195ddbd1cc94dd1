"""The faults that are planted: what each kind of expression and statement becomes, and where a module has them."""

from __future__ import annotations

import ast
import copy
import difflib
import hashlib
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

Variants = Iterator[ast.AST | None]  # None: the node is left out

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list", "reversed": "list"}
Function = ast.FunctionDef


@dataclass(frozen=True)
class Mutant:
    """One fault that can be planted: variant `variant` of node `number` of a function."""

    module: str  # path of the source
    function: str  # qualified name
    number: int
    variant: int
    lines: range  # a test that carries out none of them cannot find the fault
    before: str
    after: str

    @property
    def key(self) -> str:
        """Return what the fault is known by as long as its function stays as it is."""
        module = "/".join(Path(self.module).parts[-2:])
        return hashlib.sha256(f"{module}\n{self.function}\n{self.before}\n{self.after}".encode()).hexdigest()[:12]

    @property
    def diff(self) -> list[str]:
        """Return the changed lines of the function."""
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), n=0, lineterm="")
        return [line for line in lines if line[:3] not in ("---", "+++") and not line.startswith("@@")]


def compared(node: ast.Compare) -> Variants:
    """Move a bound by one, or turn a comparison into its opposite."""
    for place, operator in enumerate(node.ops):
        fault = copy.deepcopy(node)
        fault.ops[place] = COMPARED[type(operator)]()
        yield fault


def reckoned(node: ast.BinOp | ast.AugAssign) -> Variants:
    """Reckon the other way round."""
    if other := RECKONED.get(type(node.op)):
        fault = copy.deepcopy(node)
        fault.op = other()
        yield fault


def both(node: ast.BoolOp) -> Variants:
    """Let one of two be enough, or neither; leave each part out."""
    fault = copy.deepcopy(node)
    fault.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield fault
    for place in range(len(node.values)):
        rest = [copy.deepcopy(value) for other, value in enumerate(node.values) if other != place]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(op=node.op, values=rest)


def signed(node: ast.UnaryOp) -> Variants:
    """Take a minus or a not away."""
    if isinstance(node.op, ast.Not | ast.USub):
        yield copy.deepcopy(node.operand)


def constant(node: ast.Constant) -> Variants:
    """Take another constant of the kind."""
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    elif isinstance(node.value, str):
        yield ast.Constant(str(int(node.value) + 1) if node.value.isdigit() else f"XX{node.value}XX")


def called(node: ast.Call) -> Variants:
    """Call the opposite; leave out each argument that has a name."""
    if isinstance(node.func, ast.Name) and node.func.id in CALLED:
        fault = copy.deepcopy(node)
        fault.func = ast.Name(CALLED[node.func.id], ast.Load())
        if CALLED[node.func.id] == "list":
            fault.keywords = []
        yield fault
    for place, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            fault = copy.deepcopy(node)
            del fault.keywords[place]
            yield fault


def either(node: ast.IfExp) -> Variants:
    """Take always the one side, always the other."""
    yield copy.deepcopy(node.body)
    yield copy.deepcopy(node.orelse)


def filtered(node: ast.comprehension) -> Variants:
    """Leave a filter out."""
    for place in range(len(node.ifs)):
        fault = copy.deepcopy(node)
        del fault.ifs[place]
        yield fault


def asked(node: ast.If) -> Variants:
    """Do the opposite of what a condition says."""
    fault = copy.copy(node)
    fault.test = ast.UnaryOp(ast.Not(), copy.deepcopy(node.test))
    yield fault


def left_out(node: ast.stmt) -> Variants:
    """Leave a statement out."""
    yield None


def kept_out(node: ast.Assign) -> Variants:
    """Leave out what is put into a table; a name that is never given a value is an error that every test finds."""
    if not isinstance(node.targets[0], ast.Name | ast.Tuple):
        yield None


def added(node: ast.AugAssign) -> Variants:
    """Reckon the other way round, or not at all."""
    yield from reckoned(node)
    yield None


def carried_on(node: ast.Continue | ast.Break) -> Variants:
    """Leave a loop instead of going on, or the other way round."""
    yield ast.Break() if isinstance(node, ast.Continue) else ast.Continue()


OPERATORS: dict[type[ast.AST], Callable[..., Variants]] = {
    ast.Compare: compared, ast.BinOp: reckoned, ast.AugAssign: added, ast.Assign: kept_out,
    ast.BoolOp: both, ast.UnaryOp: signed, ast.Constant: constant, ast.Call: called,
    ast.IfExp: either, ast.comprehension: filtered, ast.If: asked,
    ast.Expr: left_out, ast.Raise: left_out, ast.Continue: carried_on, ast.Break: carried_on,
}  # fmt: skip
# Words for people and what only a type checker reads: no test of arithmetic has to find a fault there.
NOT_LOOKED_INTO = (ast.Raise, ast.arguments, ast.JoinedStr)


def functions_of(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Return the functions of a module and the methods of its classes by qualified name."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{it.name}", it) for it in node.body if isinstance(it, ast.FunctionDef))


Place = tuple[ast.AST, str, int | None]  # parent, its field, the place in a list


def places_in(node: ast.AST, statement: ast.stmt | None = None) -> Iterator[tuple[Place, ast.AST, ast.stmt]]:
    """Return every node below with where it hangs and the statement it stands in; no docstring, no annotation."""
    if isinstance(node, NOT_LOOKED_INTO):
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for place, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if not isinstance(child, ast.AST) or is_docstring(child):
                continue
            inside = child if isinstance(child, ast.stmt) else statement
            if inside is not None:
                yield (node, name, place), child, inside
            yield from places_in(child, inside)


def is_docstring(node: ast.AST) -> bool:
    """Return whether a statement is only words."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def without_words(tree: ast.Module) -> ast.Module:
    """Return a module without its docstrings: other words make no other code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [child for child in node.body if not is_docstring(child)] or node.body
    return tree


def lines_of(statement: ast.stmt) -> range:
    """Return the lines of a statement, without the block below its head."""
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if isinstance(body, list) and body else statement.end_lineno or statement.lineno
    return range(statement.lineno, max(last, statement.lineno) + 1)


def mutants_of(module: str, source: str) -> Iterator[Mutant]:
    """Return every fault that can be planted into a module."""
    for function, found in functions_of(without_words(ast.parse(source))):
        before = ast.unparse(found)
        for number, (place, node, statement) in enumerate(list(places_in(found))):
            for variant, fault in enumerate(variants(node)):
                put(place, fault)
                after = ast.unparse(found)
                put(place, node)
                if after != before:
                    yield Mutant(module, function, number, variant, lines_of(statement), before, after)


def variants(node: ast.AST) -> list[ast.AST]:
    """Return what a node becomes, at its lines."""
    operator = OPERATORS.get(type(node))
    found = operator(node) if operator else ()
    return [ast.copy_location(fault if fault is not None else ast.Pass(), node) for fault in found]


def put(place: Place, node: ast.AST) -> None:
    """Hang a node into a place of the tree."""
    parent, name, number = place
    if number is None:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[number] = node


def code_with(mutant: Mutant, source: str) -> types.CodeType:
    """Return the compiled function with the fault; its lines are those of the source."""
    tree = ast.parse(source)
    found = dict(functions_of(tree))[mutant.function]
    place, node, _statement = list(places_in(found))[mutant.number]
    put(place, variants(node)[mutant.variant])
    if any(isinstance(one, ast.Name) and one.id == "super" for one in ast.walk(ast.parse(mutant.before))):
        # A code that knows its class takes the place of no other; so it knows it also where it asks no more.
        known = ast.Expr(ast.Name("__class__", ast.Load()))
        found.body.append(ast.copy_location(known, found.body[-1]))
    whole = compile(ast.fix_missing_locations(tree), mutant.module, "exec", dont_inherit=True)
    return next(code for code in codes_in(whole) if code.co_qualname == mutant.function)


def codes_in(code: types.CodeType) -> Iterator[types.CodeType]:
    """Return every code object inside another."""
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from codes_in(constant)
