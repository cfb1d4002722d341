"""Compiled where numba can be imported, the same source run by Python where it cannot."""

from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

try:
    from numba import njit

    _compile: Callable[[Any], Any] | None = njit(cache=True, nogil=True, error_model="numpy")
except ImportError:  # The planner is then some hundred times slower, and finds the same plans.
    _compile = None


def compiled(function: Function) -> Function:
    """The function in machine code, cached beside its source; it holds no interpreter lock.

    Innermost functions take arrays one by one: numba counts the references to an array each time
    it is taken from a tuple, which made the search 20 times slower.
    """
    if _compile is None:
        return function
    machine_code: Function = _compile(function)
    return machine_code
