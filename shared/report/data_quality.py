"""What was noticed while a show was collected, in plain words, worst first, each with the way out."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from shared.report.record import DatasetSize, Discovery, EpisodeRead

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of thing that was noticed: what it is, what to do, in how many episodes, and some titles.

    `kind` is the reason's code where episodes were not read.
    """

    kind: str
    sentence: str
    way_out: str
    episodes: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How bad it is for one episode (1: the episode is lost), in words, and what to do."""

    weight: float
    words: str
    way_out: str


_INSPECT = "See what the parser sees with `econchatr inspect PAGE_OR_FILE --show ...`."
REASONS = {
    "empty": _Kind(
        1, "the page or file is empty", "Put the transcript there, or `exclude` the episode."
    ),
    "not_html": _Kind(
        1,
        "it holds no transcript that can be read",
        "Export it as text, SRT, VTT or JSON, with the speakers' names.",
    ),
    "no_transcript": _Kind(
        1,
        "no transcript was found in it",
        "Use the transcripts themselves as files (`transcripts`), or name pages that have them (`urls`).",
    ),
    "no_labels": _Kind(
        1,
        "nobody's name stands before what is said",
        "Have the transcripts made with the speakers' names, such as `Ida Stone: ...`.",
    ),
    "notes_only": _Kind(
        1,
        "these are notes, not what was said",
        "Have the talk transcribed word for word, or `exclude` the episode.",
    ),
    "no_spaces": _Kind(1, "the blanks between the words are missing", "Export the file again."),
    "malformed": _Kind(
        1,
        "the file is damaged, or of no kind we know",
        "Export it again, as text, SRT, VTT or JSON with speakers.",
    ),
    "duplicate": _Kind(
        0.05,
        "the same talk is there twice, and one of the two is used",
        "Nothing needs to be done.",
    ),
    "near_duplicate": _Kind(
        0.1,
        "nearly the same talk is there twice, and the better one is used",
        "`exclude` the other one if it is the wrong one.",
    ),
    "not_found": _Kind(
        1,
        "the page is no longer there",
        "Correct the address at its source, or `exclude` the episode.",
    ),
    "unreachable": _Kind(
        1, "the site did not answer", "Start the run again later: only these are asked for again."
    ),
    "address_refused": _Kind(
        1,
        "the address is none that may be asked",
        "Correct it at its source, or use files of your own (`transcripts`).",
    ),
    "too_large": _Kind(
        1,
        "the page or file is larger than allowed",
        "Raise `fetch.max_bytes` in the profile if that is right.",
    ),
    "bad_response": _Kind(
        1,
        "the site sent what is no page",
        "Start the run again later; if it stays so, use files of your own (`transcripts`).",
    ),
    "unforeseen": _Kind(
        1.2,
        "our parser stumbled over it, which is a fault of ours",
        "Report the page or file; the other episodes are not touched by it.",
    ),
}
_OTHER_REASON = _Kind(
    1, "it was not read", "The report and the query `episodes_that_failed` say why."
)
_SILENT = re.compile(r"the host, (?P<host>.+), never speaks(?:; who speaks most: (?P<most>.+))?")
_SILENT_WAY_OUT = (
    "Write the host's name as the transcripts print it, in the profile: "
    "`host: {name: ..., aliases: [...]}`."
)
NOTICED = (
    ("host_silent", _SILENT, _Kind(1.5, "", _SILENT_WAY_OUT)),
    (
        "stray_labels",
        re.compile("inside turns stand what may be"),
        _Kind(0.5, "names that may be speakers' stand inside what others say", _INSPECT),
    ),
    (
        "old_copy",
        re.compile("read from the copy of"),
        _Kind(
            0.4,
            "read from the copy kept before, because the page cannot be had or read now",
            "They are asked for again by the next run.",
        ),
    ),
    (
        "left_out",
        re.compile(r"\d+ words after a label|\d+ of \d+ words stand before"),
        _Kind(0.3, "words that no label covers were left out", _INSPECT),
    ),
    (
        "long_turn",
        re.compile(r"\d+ words in long turns"),
        _Kind(0.15, "turns are so long that somebody else may speak in them", _INSPECT),
    ),
    (
        "cut_off",
        re.compile("the transcript may be cut off"),
        _Kind(
            0.3, "the transcript may be cut off at its end", "Look whether the rest was published."
        ),
    ),
    (
        "in_vain",
        re.compile(".* was offered and (?:refused|failed)"),
        _Kind(
            0.2,
            "a transcript that the feed offers could not be used, and another place was",
            "Nothing needs to be done.",
        ),
    ),
    (
        "host_share",
        re.compile("the host speaks"),
        _Kind(
            0.2,
            "the host speaks most of the words",
            "Monologues give few pairs; if somebody else talks in them, add their names to the transcripts.",
        ),
    ),
    (
        "silent_guest",
        re.compile("named in the title but"),
        _Kind(0.15, "somebody whom the title names never speaks", _INSPECT),
    ),
    (
        "doubled",
        re.compile("turns that stand twice"),
        _Kind(0.15, "passages stand twice, word for word", _INSPECT),
    ),
    (
        "unknown",
        re.compile("unknown speakers"),
        _Kind(
            0.1,
            "people speak whom neither profile nor title names",
            "If the host is among them, add the label to `host.aliases`.",
        ),
    ),
)
_BESIDE = {"audio": "audio file", "video": "video", "pictures": "picture", "other": "other file"}
_OTHER_WARNING = _Kind(0.1, "", _INSPECT)


def findings(
    episodes: Sequence[EpisodeRead],
    discovery: Discovery | None = None,
    dataset: DatasetSize | None = None,
) -> list[Finding]:
    """What was noticed, worst first: how bad it is times how many episodes have it.

    Takes rows with `title`, `url`, `status`, `reason`, `warnings`, and a run's records of its discovery
    and its data set.
    """
    weighed = [
        *(*_unread(episodes), *_noticed(episodes), *_at_the_source(discovery or {})),
        *_in_vain([*(discovery or {}).get("in_vain", ()), *(dataset or {}).get("in_vain", ())]),
    ]
    weighed.sort(key=lambda found: -found[0])
    return [finding for _, finding in weighed]


def _unread(episodes: Sequence[EpisodeRead]) -> Iterator[tuple[float, Finding]]:
    groups: dict[tuple[str, str], list[EpisodeRead]] = defaultdict(list)
    for row in episodes:
        if row["status"] != "parsed":
            groups[row["status"], row["reason"] or ""].append(row)
    for (status, reason), rows in groups.items():
        kind = REASONS.get(reason, _OTHER_REASON)
        sentence = f"{_counted(len(rows))} {status}: {kind.words}"
        yield (
            kind.weight * len(rows),
            Finding(reason or status, sentence, kind.way_out, len(rows), _titles(rows)),
        )


def _noticed(episodes: Sequence[EpisodeRead]) -> Iterator[tuple[float, Finding]]:
    read = [row for row in episodes if row["status"] == "parsed"]
    groups: dict[str, list[tuple[EpisodeRead, str]]] = defaultdict(list)
    for row in read:
        for warning in row.get("warnings") or ():
            groups[_kind_of(warning)].append((row, warning))
    kinds = {name: kind for name, _, kind in NOTICED}
    for name, found in groups.items():
        rows = list({id(row): row for row, _ in found}.values())
        kind = kinds.get(name, _OTHER_WARNING)
        sentence = (
            _silent([warning for _, warning in found], len(rows), len(read))
            if name == "host_silent"
            else f"{_counted(len(rows))}: {kind.words or name}"
        )
        yield (
            kind.weight * len(rows),
            Finding(name, sentence, kind.way_out, len(rows), _titles(rows)),
        )


def _kind_of(warning: str) -> str:
    return next((name for name, pattern, _ in NOTICED if pattern.match(warning)), warning)


def _silent(warnings: Iterable[str], n: int, read: int) -> str:
    """ "the host, Ida Stone, never speaks in ...; who speaks most: ..." over all those episodes."""
    most, host = Counter[str](), ""
    for found in filter(None, map(_SILENT.match, warnings)):
        host = found["host"]
        most.update((found["most"] or "").split(", ")[:EXAMPLES])
    where = "any episode" if n == read else f"{_counted(n)} of {read}"
    names = ", ".join(name for name, _ in most.most_common(EXAMPLES) if name)
    return f"the host, {host}, never speaks in {where}" + (
        f"; who speaks most: {names}" if names else ""
    )


def _at_the_source(discovery: Discovery) -> Iterator[tuple[float, Finding]]:
    for note in discovery.get("notes") or ():
        yield 1.0, Finding("source", str(note), "The next run tries again.", 0, ())
    if forgotten := discovery.get("forgotten"):
        left_out = f"not read, because of a removal request: {_counted(forgotten)}"
        yield 0.01, Finding("forgotten", left_out, "", 0, ())
    passed = {kind: n for kind, n in (discovery.get("passed_over") or {}).items() if n}
    if passed:
        ordered = sorted(passed.items(), key=lambda one: -one[1])
        listed = ", ".join(f"{n} {_BESIDE.get(kind, kind)}{'s' * (n != 1)}" for kind, n in ordered)
        yield (
            0.01,
            Finding("passed_over", f"passed over beside the transcripts: {listed}", "", 0, ()),
        )


def _in_vain(written: Iterable[str]) -> Iterator[tuple[float, Finding]]:
    for line in written:
        sentence = f"{line} in the profile matches nothing"
        yield 0.9, Finding("matches_nothing", sentence, "Correct it, or strike it out.", 0, ())


def _titles(rows: Sequence[EpisodeRead]) -> tuple[str, ...]:
    return tuple(str(row["title"] or row["url"]) for row in rows[:EXAMPLES])


def _counted(n: int) -> str:
    return "1 episode" if n == 1 else f"{n:,} episodes"
