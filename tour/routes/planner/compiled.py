"""Compiled where numba can be imported, the same source run by Python where it cannot."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

_OPTIONS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "forceinline": True,
    "_nrt": False,
}
"""Kernels make no arrays, so numba's runtime is left out: counting the references to each array
that is taken from a tuple took a quarter of the search. Inlining spares another quarter, which
went into handing over tuples of twenty arrays."""

try:
    from numba import njit

    _compile: Callable[[Any], Any] | None = njit(**_OPTIONS)
except ImportError:  # The planner is then some hundred times slower, and finds the same plans.
    _compile = None


def forget_stale(folder: Path) -> None:
    """Drop machine code under `folder` that is older than any of its sources, however deep.

    Numba looks only at the file of a function, not at those of the functions built into it.
    """
    newest = max(file.stat().st_mtime for file in folder.rglob("*.py"))
    for cached in folder.rglob("__pycache__/*.nb[ci]"):
        with suppress(OSError):  # Another process was faster, or the folder is read-only.
            if cached.stat().st_mtime < newest:
                cached.unlink()


forget_stale(Path(__file__).parent)


def compiled(function: Function) -> Function:
    """The function in machine code, cached beside its source; it holds no interpreter lock."""
    if _compile is None:
        return function
    machine_code: Function = _compile(function)
    return machine_code
