"""What a style sheet or a script imports stands in it: a page asks for one file, not for a chain.

The sources under `static/` stay small, and are what browsers could load as they are: CSS with
`@import` (CSS Cascading and Inheritance 5, 2) and ES modules. They are folded once, at start.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from tour.errors import ConfigurationError

Read = Callable[[str], str]
"""The text of a file by its name below /static; LookupError where there is none."""

SMALL_PICTURE = 1_000
"""Characters of an SVG that a style sheet carries itself: asking for it would weigh more."""
SHEET = re.compile(r'^@import "([^"]+)"([^;]*);\n', re.MULTILINE)
ADDRESS = re.compile(r"""url\(["']?(?!data:|#)([^"')#]+)["']?\)""")
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
IMPORT = re.compile(r'^import (?:\{ ([\w, ]+) \} from )?"([^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (\w+))", re.MULTILINE)
SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*\n?", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export|@import)\b.*", re.MULTILINE)


def folded(name: str, read: Read) -> str:
    """A style sheet or a script with all that it imports.

    Raises ConfigurationError for an import in another form than ours, LookupError for one of a file
    that is not there.
    """
    parts = _sheets(name, read) if name.endswith(".css") else _scripts(name, read, set())
    return "".join(parts)


def _sheets(name: str, read: Read) -> Iterator[str]:
    text = read(name)
    for file, medium in SHEET.findall(text):
        inner = "".join(_sheets(_beside(name, file), read))
        yield f"@media{medium} {{\n{inner}}}\n" if medium else inner
    rules = COMMENT.sub("", SHEET.sub("", text))
    yield _understood(name, ADDRESS.sub(lambda found: _address(name, found[1], read), rules))


def _address(name: str, file: str, read: Read) -> str:
    """A file as the folded sheet asks for it, which lies one folder deep as all of them do."""
    target = _beside(name, file)
    if target.endswith(".svg") and len(picture := read(target)) <= SMALL_PICTURE:
        plain = " ".join(picture.replace('"', "'").split())
        return f'url("data:image/svg+xml,{quote(plain, safe=_PLAIN)}")'
    return f'url("../{target}")'


_PLAIN = " '/:;=,.()<>"


def _scripts(name: str, read: Read, done: set[str]) -> Iterator[str]:
    """First what the script imports, each once, as an object of what it exports; then itself."""
    text = SOURCE_MAP.sub("", read(name))
    for _given, file in IMPORT.findall(text):
        inner = _beside(name, file)
        if inner not in done:
            done.add(inner)
            *needed, own = _scripts(inner, read, done)
            yield from needed
            exported = ", ".join(EXPORT.findall(read(inner)))
            body = f"{EXPORT.sub('', own)}return {{ {exported} }};\n"
            yield f"const {_variable(inner)} = (function () {{\n{body}}}).call(globalThis);\n"
    yield _understood(name, IMPORT.sub(lambda found: _unpacked(name, found), text))


def _unpacked(name: str, found: re.Match[str]) -> str:
    given, file = found.groups()
    return f"const {{ {given} }} = {_variable(_beside(name, file))};\n" if given else ""


def _variable(name: str) -> str:
    return "from_" + re.sub(r"\W", "_", name)


def _beside(name: str, file: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), file))


def _understood(name: str, text: str) -> str:
    for found in OTHER.findall(EXPORT.sub("", text)):
        raise ConfigurationError(f"{name} imports or exports in a form that is not folded: {found}")
    return text if text.endswith("\n") else text + "\n"
