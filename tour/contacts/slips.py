"""One slip of the finger: a letter too many, one missing, another one, or two in turned order."""


def one_slip_apart(typed: str, meant: str) -> bool:
    """Whether the two differ by exactly one slip (Damerau 1964)."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if start is None:
        return True
    a, b = typed[start:], meant[start:]
    turned = a[:2] == b[1::-1] and len(a) > 1 and a[2:] == b[2:]
    return turned or a[1:] == b[1:] or a[1:] == b or a == b[1:]
