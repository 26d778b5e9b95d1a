"""Which of those who speak is the host: who opens, closes and asks, and whom titles and labels name."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.cli.init.sampling import Episode, Sample
from shared.transcripts import Turn, is_nameless, means_guest, means_host, name_key, word_count

LEAST_WORDS = 4  # of a first turn that opens, or a last one that closes
SHARE_IN_DOUBT = 0.75
"""Of the leader's evidence: with so much or more, the next one may be the host as well."""
_ROLE, _TITLE, _OPENS, _ASKS, _CLOSES, _THERE = 6.0, 4.0, 1.0, 1.0, 0.5, 1.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """Who may be the host, likeliest first, and a sentence about what is not sure, "" where all is."""

    names: tuple[str, ...]
    doubt: str = ""


def ranked(sample: Sample) -> Ranked:
    """Return those who speak in the sample, likeliest host first: words decide between equals alone."""
    read = [episode for episode in sample.episodes if episode.seen and episode.seen.transcript]
    scores, words = defaultdict[str, float](float), Counter[str]()
    for episode in read:
        for name, evidence in _evidence(episode).items():
            scores[name] += evidence
        for speaker in episode.seen.speakers if episode.seen else ():
            words[speaker.name] += speaker.words
    title = set(name_key(sample.title))
    for name in list(scores):
        key = name_key(name)
        scores[name] += _TITLE * len(read) * (bool(key) and set(key) <= title and len(key) > 1)
        scores[name] += _ROLE * len(read) * (means_host(name) - means_guest(name))
    names = sorted(scores, key=lambda name: (-scores[name], -words[name], name))
    return Ranked(tuple(names), _doubt(names, scores))


def _evidence(episode: Episode) -> dict[str, float]:
    """Return what one episode says for each who speaks in it."""
    transcript = episode.seen.transcript if episode.seen else None
    turns = transcript.turns if transcript else ()
    found = dict.fromkeys((turn.speaker for turn in turns), _THERE)
    long = [turn for turn in turns if word_count(turn.text) >= LEAST_WORDS]
    if long:
        found[long[0].speaker] += _OPENS
        found[long[-1].speaker] += _CLOSES
    asks = _who_asks(turns)
    if asks:
        found[asks] += _ASKS
    for name in found:
        is_guest = any(name_key(name) == name_key(guest) for guest in episode.guests)
        found[name] -= _TITLE * is_guest
    return found


def _who_asks(turns: Sequence[Turn]) -> str:
    """Return whose turns end in a question most often, "" where nobody's do."""
    asked = Counter(
        turn.speaker for turn in turns if turn.text.rstrip("\"'”’ ").endswith(("?", "？"))
    )
    spoken = Counter(turn.speaker for turn in turns)
    return max(asked, key=lambda name: (asked[name] / spoken[name], name), default="")


def _doubt(names: Sequence[str], scores: Mapping[str, float]) -> str:
    if names and is_nameless(names[0]):
        return (
            f"Labels such as {names[0]} mean another person in each file: say in the profile's `speakers` whom they "
            "mean, "
            "or have the transcripts made with names."
        )
    if len(names) > 1 and scores[names[1]] >= SHARE_IN_DOUBT * scores[names[0]] > 0:
        return f"It may be {names[1]} as well: if so, write it with --host {names[1]!r}."
    return ""
