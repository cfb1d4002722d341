"""Finds every write to a table in the app's source, and whether it happens inside of a change.

A write is inside when it stands in a block of `edit` or `together`, or in a function that is handed
the `Change` or `Part` of one.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

WRITES = frozenset(
    {"create", "save", "update", "delete", "bulk_create", "bulk_update", "get_or_create"}
    | {"update_or_create", "raw"}
)
OPENS = frozenset({"edit", "together"})
HANDED = frozenset({"Change", "Part"})
SQL = re.compile(r"\b(?:INSERT INTO|DELETE FROM|UPDATE)\s+([a-z_]+)")
UNKNOWN = "?"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, order=True)
class Write:
    """`what` is the model or table; UNKNOWN where the source does not say which."""

    module: str
    line: int
    what: str
    is_inside: bool


def writes_in(source: str, module: str, models: Mapping[str, str]) -> list[Write]:
    """`models` maps the names of models to their tables; a write by plain SQL names the model."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    by_table = {table: model for model, table in models.items()}
    found = [*_orm_writes(tree, module, models, parents), *_sql(tree, module, by_table, parents)]
    return sorted(found)


def _orm_writes(
    tree: ast.Module, module: str, models: Mapping[str, str], parents: Mapping[ast.AST, ast.AST]
) -> Iterator[Write]:
    imported = {alias.asname or alias.name for n in ast.walk(tree) for alias in _aliases(n)}
    seen: set[ast.AST] = set()
    for node in ast.walk(tree):
        call = _written(node.value if isinstance(node, ast.Await) else node)
        if call is None or call in seen:
            continue
        chain = list(_around(node, parents))
        root = _root(call, chain, models)
        if root in models or (isinstance(node, ast.Await) and root not in imported):
            seen.add(call)
            what = root if root in models else UNKNOWN
            yield Write(module, call.lineno, what, _is_inside(chain))


def _written(node: ast.AST) -> ast.Call | None:
    """The writing call of a chain, such as `update(…)` in `filter(…).update(…)`."""
    while isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Attribute):
            return None
        if node.func.attr in WRITES:
            return node
        node = node.func.value
        while isinstance(node, ast.Attribute):
            node = node.value
    return None


def _aliases(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, ast.Import | ast.ImportFrom) else []


def _root(node: ast.AST, chain: list[ast.AST], models: Mapping[str, str], depth: int = 0) -> str:
    """The model that a chain of calls begins with, followed through names of the function."""
    while not isinstance(node, ast.Name):
        inner = getattr(node, "func", None) or getattr(node, "value", None)
        if inner is None:
            return UNKNOWN
        node = inner
    if node.id in models or depth > 5:
        return node.id
    for function in (each for each in chain if isinstance(each, Function)):
        for made in _assigned(function, node.id):
            return _root(made, chain, models, depth + 1)
        for argument in _arguments(function):
            if argument.arg == node.id and argument.annotation:
                return _named(argument.annotation, models) or UNKNOWN
    return node.id


def _assigned(function: Function, name: str) -> Iterator[ast.AST]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in node.targets
        ):
            yield node.value
        if isinstance(node, ast.NamedExpr) and node.target.id == name:
            yield node.value
        loops = ast.For | ast.AsyncFor | ast.comprehension
        if isinstance(node, loops) and isinstance(node.target, ast.Name) and node.target.id == name:
            yield node.iter


def _named(annotation: ast.AST, models: Mapping[str, str]) -> str | None:
    names = (n.id for n in ast.walk(annotation) if isinstance(n, ast.Name))
    return next((name for name in names if name in models), None)


def _sql(
    tree: ast.Module, module: str, tables: Mapping[str, str], parents: Mapping[ast.AST, ast.AST]
) -> Iterator[Write]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if isinstance(parents.get(node), ast.Expr):
                continue  # a docstring
            for table in SQL.findall(node.value):
                if table in tables:
                    inside = _is_inside(list(_around(node, parents)))
                    yield Write(module, node.lineno, tables[table], inside)


def _around(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while parent := parents.get(node):
        yield parent
        node = parent


def _is_inside(chain: list[ast.AST]) -> bool:
    for node in chain:
        if isinstance(node, ast.AsyncWith) and any(_opens(item) for item in node.items):
            return True
        if isinstance(node, Function):
            names = {n.id for a in _arguments(node) for n in ast.walk(a) if isinstance(n, ast.Name)}
            if names & HANDED:
                return True
    return False


def _opens(item: ast.withitem) -> bool:
    made = item.context_expr
    return isinstance(made, ast.Call) and isinstance(made.func, ast.Name) and made.func.id in OPENS


def _arguments(function: Function) -> list[ast.arg]:
    args = function.args
    return [*args.posonlyargs, *args.args, *args.kwonlyargs]


def all_writes(folder: Path, models: Mapping[str, str]) -> list[Write]:
    """Of every module but the migrations."""
    found: list[Write] = []
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            module = ".".join(path.relative_to(folder.parent).with_suffix("").parts)
            found += writes_in(path.read_text(encoding="utf-8"), module, models)
    return found
