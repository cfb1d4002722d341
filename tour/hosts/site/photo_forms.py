"""What is typed on the page of photos, and what is wrong with it, each at its field."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData

from tour.errors import Refusal
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.sites.editing.waiting import MOST_WAITING
from tour.web.forms import Form, texts
from tour.words.typed import number_in

TEXTS = ("alt", "alt_en")
SHOWN_FIELD, WAITING_FIELD = "alt-", "alt-w"


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not taken, by the name that its sender knows it by."""

    file: str
    why: Text


def name_of(text: str, photo_id: int, *, waiting: bool = False) -> str:
    """Of one photo's text in a page that has several."""
    return f"{text.replace('_', '-')}-{'w' if waiting else ''}{photo_id}"


def described(photo_id: int, form: FormData, refusal: Refusal) -> Form:
    """The page's form with what was typed beside one photo, and what is wrong there."""
    typed = {name_of(name, photo_id): text for name, text in texts(form, TEXTS).items()}
    refused = Form(typed if "alt" in form else {}).refused_by(refusal)
    errors = {name_of(n, photo_id) if n in TEXTS else n: t for n, t in refused.errors.items()}
    return Form(refused.values, errors)


def typed_of_waiting(form: FormData) -> dict[int, tuple[str, str]]:
    """By the number of the waiting photo: its description, and that in English."""
    names = [name for name in form if name.startswith(WAITING_FIELD)]
    numbers = [number_in(name.removeprefix(WAITING_FIELD)) for name in names[:MOST_WAITING]]
    found = {}
    for number in filter(None, numbers):
        fields = [name_of(text, number, waiting=True) for text in TEXTS]
        found[number] = (str(form.get(fields[0], "")), str(form.get(fields[1], "")))
    return found


def refused_words(refused: Sequence[Refused]) -> Text:
    """Why files were not taken, one after the other."""
    words = [_("%(file)s: %(why)s", file=each.file, why=each.why) for each in refused]
    said = words[0]
    for more in words[1:]:
        said = Text("%(said)s / %(more)s", {"said": said, "more": more})
    return said
