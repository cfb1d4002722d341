"""What a place is that makes nothing, as the end of its Japanese name says it: a park, a library.

Pure. A craft says what is made; of other places only the kind is known, under which a shrine and an
old farmhouse are one. The name tells them apart: 音無親水公園, 中央図書館, 王子稲荷神社.
"""

from collections.abc import Mapping

from tour.sites.states import SiteKind

SUBJECTS: Mapping[SiteKind, Mapping[str, str]] = {
    SiteKind.CULTURE: {
        "図書館": "library",
        "ホール": "hall",
        "会館": "hall",
        "文化センター": "hall",
        "劇場": "hall",
        "飛鳥山博物館": "pot",
        "考古館": "pot",
        "史料館": "archive",
        "資料館": "archive",
        "記念館": "archive",
    },
    SiteKind.SPORTS: {"体育館": "gym", "アリーナ": "gym"},
    SiteKind.HERITAGE: {
        "神社": "shrine",
        "庭園": "garden",
        "住宅": "farmhouse",
        "農家": "farmhouse",
        "水門": "sluice",
    },
    SiteKind.PUBLIC: {"公園": "park", "緑地": "park"},
}
"""By kind, for a scene is printed in the colours of one: words of names, and the scene of each."""


def subject_of(kind: SiteKind, name: str) -> str:
    """The scene that fits the name, by the word of it that ends last; empty where none does."""
    found = {name.rfind(word) + len(word): word for word in SUBJECTS.get(kind, {}) if word in name}
    return SUBJECTS[kind][found[max(found)]] if found else ""
