"""The slips a tired writer makes, found in a file's own text: one small change each.

Pure: source in, changes out. Words that people read, logs and types are left alone: what they
would change no test should notice.
"""

import ast
import re
from dataclasses import dataclass

SWAPPED = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
RECKONED = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/")}
LOOKUPS = {"lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}
SAID = {"_", "lazy", "translate", "translate_plural", "ngettext", "Text", "print", "echo"}
"""Calls whose arguments are words."""
CHOSEN = {"filter", "exclude", "get", "get_or_none", "exists", "update"}
SQL = re.compile(r"\b(SELECT|UPDATE|INSERT|DELETE)\b.*\b(WHERE|VALUES|FROM|SET)\b", re.DOTALL)


@dataclass(frozen=True)
class Slip:
    """`text[start:end]` becomes `new`; offsets in UTF-8 bytes, lines from 1."""

    path: str
    line: int
    span: tuple[int, int]
    """First and last line of the statement, or of its head where it has a body."""
    kind: str
    start: int
    end: int
    new: str

    def applied(self, source: str) -> str:
        raw = source.encode()
        return (raw[: self.start] + self.new.encode() + raw[self.end :]).decode()

    def diff(self, source: str) -> str:
        """The lines it changes, before and after."""
        before, after = source.splitlines(), self.applied(source).splitlines()
        same = _alike(before, after)
        tail = _alike(before[same:][::-1], after[same:][::-1])
        gone = [f"- {line}" for line in before[same : len(before) - tail]]
        come = [f"+ {line}" for line in after[same : len(after) - tail]]
        return "\n".join([f"{self.path}:{self.line} ({self.kind})", *gone, *come])


def _alike(one: list[str], two: list[str]) -> int:
    pairs = enumerate(zip(one, two, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(two)))


def slips_in(path: str, source: str) -> list[Slip]:
    """Every slip of this file that leaves it readable to Python."""
    found = _Finder(path, source)
    found.visit(ast.parse(source))
    return [slip for slip in found.slips if _is_python(slip.applied(source))]


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


class _Finder(ast.NodeVisitor):
    """Walks the bodies of functions; what is said at import is left alone."""

    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.raw = source.encode()
        self.begins = [0]
        for line in self.raw.splitlines(keepends=True):
            self.begins.append(self.begins[-1] + len(line))
        self.slips: list[Slip] = []
        self.depth = 0
        self.span = (0, 0)

    def visit(self, node: ast.AST) -> None:
        """As usual, with the statement that it stands in."""
        outer = self.span
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno
            self.span = (node.lineno, last or node.lineno)
        super().visit(node)
        self.span = outer

    def add(self, node: ast.AST, kind: str, start: int, end: int, new: str) -> None:
        if self.depth:
            line: int = node.lineno  # type: ignore[attr-defined]
            self.slips.append(Slip(self.path, line, self.span, kind, start, end, new))

    def replace(self, node: ast.AST, kind: str, new: str) -> None:
        self.add(node, kind, self.start(node), self.end(node), new)

    def start(self, node: ast.AST) -> int:
        return self.begins[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined, no-any-return]

    def end(self, node: ast.AST) -> int:
        return self.begins[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined, no-any-return]

    def text(self, node: ast.AST) -> str:
        return self.raw[self.start(node) : self.end(node)].decode()

    def between(self, kind: str, left: ast.AST, right: ast.AST, old: str, new: str) -> None:
        """The operator between two operands."""
        at = self.raw.find(old.encode(), self.end(left), self.start(right))
        if at >= 0:
            self.add(left, kind, at, at + len(old), new)

    # What is walked

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.depth += 1
        for statement in node.body:
            self.visit(statement)
        self.depth -= 1

    visit_FunctionDef = _function  # noqa: N815
    visit_AsyncFunctionDef = _function  # noqa: N815

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_Assert(self, node: ast.Assert) -> None:
        """Said to the type checker."""

    def visit_Raise(self, node: ast.Raise) -> None:
        """Its words are for people; that it is reached at all is its guard's matter."""

    # Slips

    def visit_Compare(self, node: ast.Compare) -> None:
        operands = [node.left, *node.comparators]
        for left, how, right in zip(operands, node.ops, node.comparators, strict=False):
            old, new = SWAPPED[type(how)]
            self.between("compare", left, right, old, new)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self.between("and/or", left, right, old, new)
            self.add(right, "condition left out", self.end(left), self.end(right), "")
        first, second = node.values[:2]
        self.add(first, "condition left out", self.start(first), self.start(second), "")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self.add(node, "not", self.start(node), self.start(node.operand), "")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        words = (ast.JoinedStr, ast.List, ast.Tuple)
        is_text = any(
            isinstance(side, words) or isinstance(getattr(side, "value", None), str)
            for side in (node.left, node.right)
        )
        if type(node.op) in RECKONED and not is_text:
            self.between("reckoned", node.left, node.right, *RECKONED[type(node.op)])
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.replace(node, "yes/no", str(not node.value))
        elif isinstance(node.value, int):
            self.replace(node, "one more", str(node.value + 1))
        elif isinstance(node.value, str) and SQL.search(node.value):
            self._sql(node)

    def _sql(self, node: ast.Constant) -> None:
        text = self.text(node)
        for match in re.finditer(r"<=|(?<=[^<>=])<(?=[^<>=])| AND ", text):
            new = {"<=": "<", "<": "<=", " AND ": " OR "}[match.group()]
            at = self.start(node) + len(text[: match.start()].encode())
            self.add(node, "sql", at, at + len(match.group()), new)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Words with values in them: offsets inside are not reliable before Python 3.12."""

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        owner = getattr(getattr(node.func, "value", None), "id", "")
        if name in SAID or owner in ("log", "logger"):
            return
        if name in ("min", "max"):
            self._least(node, name)
        if name in CHOSEN:
            self._chosen(node)
        if name == "order_by":
            self._order(node)
        self.generic_visit(node)

    def _least(self, node: ast.Call, name: str) -> None:
        end = self.end(node.func)
        self.add(node, "min/max", end - len(name), end, {"min": "max", "max": "min"}[name])
        if len(node.args) > 1 and not node.keywords:
            for argument in node.args:
                is_reckoned = isinstance(argument, ast.BinOp | ast.IfExp | ast.BoolOp)
                text = self.text(argument)
                self.replace(node, "bound left out", f"({text})" if is_reckoned else text)

    def _chosen(self, node: ast.Call) -> None:
        """A condition of a query, or a column of a change, left out or off by its boundary."""
        parts = [(k, self.start(k), self.end(k)) for k in node.keywords if k.arg]
        for number, (keyword, start, end) in enumerate(parts):
            stem, _, lookup = (keyword.arg or "").rpartition("__")
            if stem and lookup in LOOKUPS:
                at = start + len(f"{stem}__")
                self.add(keyword, "compare", at, at + len(lookup), LOOKUPS[lookup])
            if len(node.keywords) + len(node.args) > 1:
                if number + 1 < len(parts):
                    self.add(keyword, "keyword left out", start, parts[number + 1][1], "")
                else:
                    before = parts[number - 1][2] if number else start
                    self.add(keyword, "keyword left out", before, end, "")

    def _order(self, node: ast.Call) -> None:
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            turned = first.value.removeprefix("-") if first.value[0] == "-" else f"-{first.value}"
            self.replace(first, "order", f'"{turned}"')

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return  # A docstring.
        before = len(self.slips)
        self.generic_visit(node)
        is_log = "log" in self.text(node).partition("(")[0]
        if not is_log and not isinstance(node.value, ast.Yield):
            self.replace(node, "step left out", "pass")
        elif is_log:
            del self.slips[before:]

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.replace(node, "step left out", "pass")
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        """A guard that only refuses or turns back, forgotten."""
        if not node.orelse and isinstance(node.body[-1], ast.Raise | ast.Return | ast.Continue):
            self.replace(node.test, "guard left out", "False")
        self.generic_visit(node)
