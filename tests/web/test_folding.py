"""A page asks for one style sheet and one script: what they import stands in them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tour.errors import ConfigurationError
from tour.web.assets import Assets
from tour.web.folding import folded


def test_a_sheet_holds_its_imports_in_their_order() -> None:
    files = {
        "css/site.css": '/* all */\n@import "a.css";\n@import "b.css" print;\np { top: 0; }\n',
        "css/a.css": "a { top: 1px; }",
        "css/b.css": '@import "c.css";\nb { top: 2px; }\n',
        "css/c.css": "c { top: 3px; }\n",
    }
    assert folded("css/site.css", files.__getitem__) == (
        "a { top: 1px; }\n@media print {\nc { top: 3px; }\nb { top: 2px; }\n}\np { top: 0; }\n"
    )


def test_a_sheet_of_another_folder_keeps_its_pictures() -> None:
    files = {
        "css/map.css": '@import "../leaflet/leaflet.css";\n',
        "leaflet/leaflet.css": "a { src: url(images/layers.png); behavior: url(#default#VML); }",
    }
    css = folded("css/map.css", files.__getitem__)
    assert 'url("../leaflet/images/layers.png")' in css
    assert "url(#default#VML)" in css


def test_a_small_picture_comes_with_the_sheet_and_a_large_one_does_not() -> None:
    files = {
        "css/a.css": 'a { --one: url("../x/small.svg"); --two: url("../x/large.svg"); }',
        "x/small.svg": '<svg fill="#fff">\n</svg>',
        "x/large.svg": "<svg>" + "x" * 2_000,
    }
    css = folded("css/a.css", files.__getitem__)
    assert "url(\"data:image/svg+xml,<svg fill='%23fff'> </svg>\")" in css
    assert 'url("../x/large.svg")' in css


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("js/a.js", 'import * as b from "./b.js";\n'),
        ("js/a.js", 'import b from "./b.js";\n'),
        ("js/a.js", "export default 1;\n"),
        ("js/a.js", 'export { b } from "./b.js";\n'),
        ("css/a.css", '@import url("b.css");\n'),
    ],
)
def test_an_import_that_is_not_understood_stops_the_start(name: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match="not folded"):
        folded(name, {name: text}.__getitem__)


def test_a_script_that_two_others_import_runs_once() -> None:
    files = {
        "js/page.js": 'import { b } from "./b.js";\nimport { c } from "./c.js";\nb(); c();\n',
        "js/b.js": 'import { d } from "./d.js";\nexport function b() { d(); }\n',
        "js/c.js": 'import { d } from "./d.js";\nexport const c = d;\n',
        "js/d.js": "export async function d() {}\n",
    }
    js = folded("js/page.js", files.__getitem__)
    assert js.count("async function d()") == 1
    assert js.index("function d()") < js.index("function b()") < js.index("b(); c();")
    assert not re.search(r"^(import|export)", js, re.MULTILINE)


@pytest.mark.skipif(not shutil.which("node"), reason="node is missing")
def test_it_means_what_the_modules_meant(tmp_path: Path) -> None:
    """Also a script that is no module, as packages have them: it finds the window as `this`."""
    files = {
        "js/page.js": 'import "../old/old.js";\nimport { twice } from "./b.js";\n'
        'const b = "mine";\nconsole.log(b, twice(globalThis.old));\n',
        "js/b.js": "const b = 2;\nexport const twice = (n) => b * n;\n",
        "old/old.js": "this.old = 21;\n//# sourceMappingURL=old.js.map",
    }
    script = tmp_path / "page.mjs"
    script.write_text(folded("js/page.js", files.__getitem__), "utf-8")
    done = subprocess.run(["node", str(script)], capture_output=True, text=True, check=True)
    assert done.stdout == "mine 42\n"


def test_our_files_ask_for_no_other_of_ours() -> None:
    assets = Assets()
    for name in assets._assets:
        if name.startswith(("css/", "js/")) and name != "js/sw.js":
            text = assets.body(name).decode()
            assert not re.search(r'^(?:import .*"|@import)', text, re.MULTILINE), name
            if name.startswith("css/"):
                assert "patterns/" not in text, name
