"""What file names and addresses say: whether it is a transcript, of which day, and under which title."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import PurePosixPath

_NO_TRANSCRIPTS = frozenset(
    {"license", "licence", "readme", "copying", "notice", "thumbs", "desktop"}
)
_KINDS = {
    "audio": "mp3 m4a m4b wav ogg oga opus flac aac aif aiff wma amr caf mid midi",
    "video": "mp4 m4v mov mkv webm avi wmv mpg mpeg ogv",
    "pictures": "jpg jpeg png gif webp svg heic heif bmp tif tiff ico psd ai eps raw",
    "other": "zip gz tgz bz2 xz 7z rar tar dmg iso exe dll bin db sqlite parquet css js mjs ts py rb sh bat "
    "yml yaml toml ini cfg lock opml torrent ttf otf woff woff2 xls xlsx ods ppt pptx key numbers url webloc "
    "prproj aup aup3 als band logicx reapeaks rpp pkf sesx part tmp bak",
}
_KIND_OF = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes.split()}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<word>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR, _NTH, _S = r"(?P<year>20\d\d)", r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?", r"[-_.,\s]{0,2}"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<!\d){_YEAR}(?P<gap>[-_./ ])(?P<month>[01]?\d)(?P=gap)(?P<day>[0-3]?\d)(?!\d)",
        rf"(?<!\d){_YEAR}(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d)",
        rf"(?<!\d)(?P<one>[0-3]?\d)(?P<gap>[-_./ ])(?P<two>[0-3]?\d)(?P=gap){_YEAR}(?!\d)",
        rf"(?<![^\W\d_]){_MONTH}{_S}{_NTH}{_S}{_YEAR}(?!\d)",
        rf"(?<!\d){_NTH}{_S}(?:of\s)?{_MONTH}{_S}{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}{_S}{_MONTH}{_S}{_NTH}(?![^\W_])",
        rf"(?<!\d){_YEAR}(?P<gap>[-_./])(?P<month>[01]\d)(?!\d)",
        rf"(?<![^\W\d_]){_MONTH}{_S}{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}{_S}{_MONTH}(?![^\W_])",
    )
)


_BESIDE = re.compile(
    r"(?:^|[.])(?:(?:meeting_)?(?:saved_)?(?:new)?chat|chapters|show-?_?notes)$|recordingnewchat$"
)
"""What recorders and editors put beside a transcript: the chat, chapters, notes."""


def kind_of(path: str) -> str | None:
    """ "" for what may be a transcript, "audio", "video", "pictures" or "other" for what is none.

    None for what nobody means: hidden files, a folder's mark, licences and readmes.
    """
    parts = PurePosixPath(path).parts
    if not parts or path.endswith("/") or any(part.startswith((".", "__MACOSX")) for part in parts):
        return None
    if any(part.endswith("_files") for part in parts[:-1]):  # what a browser saves beside a page
        return "other"
    name = PurePosixPath(path)
    if name.stem.lower() in _NO_TRANSCRIPTS:
        return None
    if _BESIDE.search(name.stem.lower()):
        return "other"
    return _KIND_OF.get(name.suffix.lower().removeprefix("."), "")


def is_transcript_file(path: str) -> bool:
    """Return whether a file may be an episode."""
    return kind_of(path) == ""


def passed_over(paths: Iterable[str]) -> dict[str, int]:
    """Return how many files of each kind lie beside transcripts and are none."""
    return dict(Counter(kind for path in paths if (kind := kind_of(path))))


def day_first(names: Iterable[str]) -> bool | None:
    """Return whether 03-04-2024 means the third of April in these names; None where none of them tells."""
    votes = Counter[bool]()
    for name in names:
        for match in _FORMS[2].finditer(name):
            one, two = int(match["one"]), int(match["two"])
            if (one > 12) != (two > 12):
                votes[one > 12] += 1
    return None if votes[True] == votes[False] else votes[True] > votes[False]


def date_in(name: str, days_first: bool | None = None) -> datetime | None:
    """Return the date in a file's name or an address, midnight UTC; the first of the month without a day.

    Four digits alone are no date. `days_first` says which of two small numbers is the day; where
    that is not known either, points mean that the day comes first, and anything else means no date.
    """
    dated = _dated(name, days_first)
    return dated[0] if dated else None


def title_in(path: str) -> str:
    """Return what a file's name says besides its date, then folder and suffix, which tell it from others."""
    name = _without_index(PurePosixPath(path))
    dated = _dated(name.stem, None)
    stem = name.stem if dated is None else f"{name.stem[: dated[1]]} {name.stem[dated[2] :]}"
    words = re.sub(r"[-_\s]+", " ", stem).strip(" .,") or name.stem
    beside = [
        part for part in (str(name.parent), name.suffix.removeprefix(".")) if part not in ("", ".")
    ]
    return f"{words} ({', '.join(beside)})" if beside else words


def words_in(path: str) -> str:
    """Return the title without folder and suffix, which name no guests."""
    name = _without_index(PurePosixPath(path))
    return title_in(name.stem if "." in name.name else name.name)


def _without_index(path: PurePosixPath) -> PurePosixPath:
    """Return the path of a mirrored site's `on-mud/index.html` as `on-mud.html`."""
    is_index = path.stem.lower() == "index" and path.parent.name != ""
    return path.parent.with_name(path.parent.name + path.suffix) if is_index else path


def _dated(name: str, days_first: bool | None) -> tuple[datetime, int, int] | None:
    """Return the date of the first form that fits, and where in the name it stands."""
    for form in _FORMS:
        for match in form.finditer(name):
            day = _day_of(match.groupdict(), days_first)
            if day is not None:
                return day, match.start(), match.end()
    return None


def _day_of(said: dict[str, str | None], days_first: bool | None) -> datetime | None:
    month, day = said.get("month"), said.get("day") or "1"
    if said.get("word"):
        month = str(_MONTHS.index(str(said["word"])[:3].lower()) + 1)
    if said.get("one"):
        one, two = str(said["one"]), str(said["two"])
        if days_first is None and int(one) <= 12 and int(two) <= 12 and one != two:
            days_first = True if said["gap"] == "." else None
            if days_first is None:
                return None
        first = days_first if int(one) <= 12 and int(two) <= 12 else int(one) > 12
        day, month = (one, two) if first else (two, one)
    try:
        return datetime(int(str(said["year"])), int(str(month)), int(day), tzinfo=UTC)
    except ValueError:
        return None
