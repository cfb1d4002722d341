"""Puts a slip into a running process: functions get the code that the changed file would give them.

No file is written and nothing is imported anew, so whoever holds a function has the changed one.
What the file's functions have kept of earlier calls is forgotten.
"""

import gc
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from pathlib import Path
from types import CodeType, FunctionType

from bench.mutants.slips import Slip

Name = tuple[str, int]
"""A function's qualified name, and which of that name in its file it is."""


def apply(slip: Slip, source: str, root: Path) -> int:
    """Change every function of the process that the slip changes; how many, and none where that
    needs more than code: other variables of an outer function."""
    path = str(root / slip.path)
    before = dict(_functions(compile(source, path, "exec")))
    after = dict(_functions(compile(slip.applied(source), path, "exec")))
    changed = {code: after[name] for name, code in before.items() if after[name] != code}
    found = [one for one in gc.get_objects() if _stands_in(path, one)]
    count = 0
    for function in found:
        new = changed.get(function.__code__)
        if new and new.co_freevars == function.__code__.co_freevars:
            function.__code__ = new
            count += 1
    _forget(path)
    return count


def _forget(path: str) -> None:
    """What was reckoned before by what is now changed."""
    for one in gc.get_objects():
        if isinstance(one, _lru_cache_wrapper) and _stands_in(path, one.__wrapped__):
            one.cache_clear()


def _stands_in(path: str, made: object) -> bool:
    """Whether it is a function of that file; a class's results may be kept as well."""
    return isinstance(made, FunctionType) and made.__code__.co_filename == path


def _functions(module: CodeType) -> Iterator[tuple[Name, CodeType]]:
    """The functions that are made when the module is imported: its own, and its classes'."""
    seen: dict[str, int] = {}
    pending = [module]
    while pending:
        body = pending.pop(0)
        for code in body.co_consts:
            if not isinstance(code, CodeType):
                continue
            if code.co_flags & 0x2:  # CO_NEWLOCALS: a function, and no class's body.
                number = seen[code.co_qualname] = seen.get(code.co_qualname, 0) + 1
                yield (code.co_qualname, number), code
            else:
                pending.append(code)
