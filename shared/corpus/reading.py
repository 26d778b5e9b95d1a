"""One episode to rows: its page or file fetched and parsed, or the reason why that cannot be."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from shared import tokens, transcripts, web
from shared.corpus.pages import Page, fetched, file_in_bucket, save, saved_page
from shared.corpus.records import PARSED, REFUSED, Task
from shared.corpus.sources.listing import host_of
from shared.corpus.sources.titles import guests_from_title
from shared.errors import EconChatRError
from shared.ids import digest
from shared.lake import TROUBLE, keys
from shared.lake.tables import Lake, Row, check
from shared.shingles import sketch
from shared.shows import ShowProfile
from shared.transcripts import (
    Transcript,
    TranscriptRefused,
    heading_of,
    is_nameless,
    name_key,
    read_transcript,
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a transcript may be: its address, and the key under which it is kept."""

    url: str
    key: str


NOWHERE = {
    "status": REFUSED,
    "reason": "no_transcript",
    "detail": "The feed gives neither a page nor a transcript of this episode, only its sound. Have it "
    "transcribed with the speakers' names, and use the files (`transcripts`).",
}


class ParserStumbled(EconChatRError):
    """An error that nobody foresaw, over one page or file; says which."""

    reason = "unforeseen"


Troubles = (web.PageFailed, ParserStumbled)  # an episode that failed, to be asked for again


def read_episode(
    lake: Lake, show: ShowProfile, task: Task, fetcher: web.Fetcher
) -> tuple[Row, list[Row]]:
    """Return the episode's row and its turns' rows; what cannot be read becomes a row with the reason.

    Transcripts that the feed offers go before the page. Raises web.AccessDenied, and the lake's
    trouble; any other error, a bug of ours among them, is this episode's failure and nobody else's.
    """
    try:
        row, turns = _read(lake, show, task, fetcher)
        check("turns", turns)
        check("episodes", [row])
    except (EconChatRError, *TROUBLE):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the other episodes are sound
        row = _blank_row(show, task)
        return row | _failed(_stumbled(web.shown(task.url) or task.title, error)), []
    return row, turns


def _read(lake: Lake, show: ShowProfile, task: Task, fetcher: web.Fetcher) -> tuple[Row, list[Row]]:
    row = _blank_row(show, task)
    in_vain: list[str] = []
    for place in _places(show.name, task):
        try:
            page = _page(lake, show, task, place, fetcher)
            page, own, transcript = _best_reading(lake, show, task, place, page)
        except Troubles as error:
            row |= _failed(error)
            in_vain.append(f"{web.shown(place.url)} was offered and failed: {error}")
            continue
        row |= own
        if isinstance(transcript, TranscriptRefused):
            refusal = transcript
            row |= {"status": REFUSED, "reason": refusal.reason, "detail": str(refusal)}
            row |= {"asked_since": task.asked_since or page.fetched_at}
            in_vain.append(f"{web.shown(place.url)} was offered and refused: {refusal}")
            continue
        turns = turn_rows(show.name, task.episode_id, transcript)
        row |= {"guests": _guests(row["guests"], guests_heard(transcript))}
        if page.outdated:
            in_vain.append(
                f"read from the copy of {page.fetched_at:%Y-%m-%d}, because {page.outdated}"
            )
        return row | _measured(transcript, turns, in_vain) | {"asked_since": None}, turns
    return (row if in_vain else row | NOWHERE) | {"warnings": in_vain[:-1]}, []


def _best_reading(
    lake: Lake, show: ShowProfile, task: Task, place: _Place, page: Page
) -> tuple[Page, Row, Transcript | TranscriptRefused]:
    """Return the page with its own part of the row and its transcript, or the refusal.

    A page that came in the place of another and cannot be read, or has no host (a consent wall, a check for
    robots, half a page), gives way to the one that was kept, if that can. Raises ParserStumbled.
    """
    try:
        own, transcript = _parsed(show, task, page)
    except ParserStumbled:
        before = _reading_before(lake, show, task, place, page, "our parser stumbles over it")
        if before is None:
            raise
        return before
    why = _nothing_better(transcript, show)
    if why:
        before = _reading_before(lake, show, task, place, page, why)
        if before is not None and (
            isinstance(transcript, TranscriptRefused) or _has_host(before[2])
        ):
            return before
    if page.arrived is not None:
        save(lake, place.key, page)
    return page, own, transcript


def _nothing_better(transcript: Transcript | TranscriptRefused, show: ShowProfile) -> str:
    """Return why a page that arrived does not replace one that gave a transcript with the host, or ""."""
    if isinstance(transcript, TranscriptRefused):
        return str(transcript)
    return "" if _has_host(transcript) else f"the host, {show.host.name}, does not speak in it"


def _has_host(transcript: Transcript | TranscriptRefused) -> bool:
    return isinstance(transcript, Transcript) and any(
        turn.role == "host" for turn in transcript.turns
    )


def _reading_before(
    lake: Lake,
    show: ShowProfile,
    task: Task,
    place: _Place,
    page: Page,
    why: str,
) -> tuple[Page, Row, Transcript | TranscriptRefused] | None:
    """Return what the copy kept before `page` arrived gives, where there is one and it can be read."""
    kept = saved_page(lake, place.key, place.url) if page.arrived is not None else None
    if kept is None or kept.body == page.body:
        return None
    kept = replace(kept, outdated=f"what {web.shown(place.url)} sends now cannot be read: {why}")
    try:
        own, transcript = _parsed(show, task, kept)
    except ParserStumbled:
        return None
    return None if isinstance(transcript, TranscriptRefused) else (kept, own, transcript)


def _parsed(
    show: ShowProfile, task: Task, page: Page
) -> tuple[Row, Transcript | TranscriptRefused]:
    try:
        own = _fetched(show, task, page)
        guests = own.get("guests", list(task.guests))
        return own, _transcript(show, guests, page)
    except TranscriptRefused as refusal:
        return own, refusal
    except Exception as error:
        raise _stumbled(web.shown(task.url) or task.title, error) from error


def _stumbled(where: str, error: Exception) -> ParserStumbled:
    said = " ".join(str(error).split())[:200]
    return ParserStumbled(
        f"Our parser stumbles over {where} ({type(error).__name__}: {said}), which is a fault of ours; "
        "the other episodes are not touched by it. Report the page or file, or `exclude` the episode."
    )


def _failed(error: web.PageFailed | ParserStumbled) -> Row:
    return {"status": "failed", "reason": error.reason, "detail": str(error)}


def _guests(named: Sequence[str], heard: Sequence[str]) -> list[str]:
    """Return the guests whom the title names, unless none of them speaks and others do: then it named a subject."""
    surnames = {name_key(name)[-1:] for name in heard}
    if heard and not any(name_key(name)[-1:] in surnames for name in named):
        return list(heard)
    return list(named)


def guests_heard(transcript: Transcript) -> list[str]:
    """Return who speaks as a guest, by name, for where no title names anybody."""
    names = dict.fromkeys(turn.speaker for turn in transcript.turns if turn.role == "guest")
    return [name for name in names if not is_nameless(name)]


def _places(show: str, task: Task) -> Iterator[_Place]:
    for url in task.transcripts:
        yield _Place(url, keys.offered_transcript(show, task.episode_id, digest(url, length=8)))
    if task.url:
        yield _Place(task.url, keys.page(show, task.episode_id))


def _page(lake: Lake, show: ShowProfile, task: Task, place: _Place, fetcher: web.Fetcher) -> Page:
    # The profile decides, not the address: a feed that links to s3://... gets nothing of ours.
    if show.transcripts:
        return file_in_bucket(lake, place.url, show.fetch.max_bytes)
    try:
        return fetched(lake, place.key, place.url, task.freshness, fetcher)
    except web.NotFound:
        raise
    except web.PageFailed as error:
        kept = saved_page(lake, place.key, place.url)
        if kept is None:
            raise
        return replace(kept, outdated=str(error))


def _fetched(show: ShowProfile, task: Task, page: Page) -> Row:
    """Return what the page itself adds to the row: its title and guests, where the source gave no title."""
    own: Row = {
        "content_sha256": hashlib.sha256(page.body).hexdigest(),
        "fetched_at": page.fetched_at,
    }
    if page.outdated:
        own["feed_fingerprint"] = ""  # so that the next run asks again
    if task.title:
        return own
    path = unquote(urlsplit(task.url).path).rstrip("/")
    title = heading_of(page.body, page.content_type) or path.rpartition("/")[2] or task.url
    guests = guests_from_title(title, (show.host.name, *show.host.aliases))
    return {**own, "title": title, "guests": list(guests)}


def _transcript(show: ShowProfile, guests: Sequence[str], page: Page) -> Transcript:
    return read_transcript(
        page.body,
        content_type=page.content_type,
        host=host_of(show),
        guests=guests,
        speakers=show.speakers,
        selector=show.transcript_selector,
    )


def _blank_row(show: ShowProfile, task: Task) -> Row:
    url = task.url or next(iter(task.transcripts), task.audio)
    is_private = show.feed is not None and web.shown(show.feed) != show.feed
    return {
        "show": show.name,
        "episode_id": task.episode_id,
        "url": web.shown(url) if is_private else url,
        "guid": task.guid,
        "title": task.title,
        "guests": list(task.guests),
        "published": task.published,
        "n_turns": 0,
        "n_tokens": 0,
        "feed_fingerprint": task.feed_fingerprint,
        "parser_version": transcripts.PARSER_VERSION,
    }


def _measured(
    transcript: Transcript, turns: Sequence[Mapping[str, Any]], in_vain: Sequence[str]
) -> Row:
    words = sum(turn["n_words"] for turn in turns)
    by_host = sum(turn["n_words"] for turn in turns if turn["role"] == "host")
    return {
        "status": PARSED,
        "reason": None,
        "detail": None,
        "structure": transcript.structure,
        "recorded": transcript.recorded,
        "n_turns": len(turns),
        "n_tokens": sum(turn["n_tokens"] for turn in turns),
        "host_share": by_host / words if words else None,
        "n_replaced": sum(transcript.replaced.values()),
        "warnings": [*transcript.warnings, *in_vain],
        "turns_digest": transcript.digest,
        "sketch": sketch(turn["text"] for turn in turns),
    }


def turn_rows(show: str, episode_id: str, transcript: Transcript) -> list[Row]:
    """Rows of `turns` for what was said in an episode, with tokens, words and characters counted."""
    return [
        {
            "show": show,
            "episode_id": episode_id,
            "turn": number,
            "speaker": turn.speaker,
            "role": turn.role,
            "text": turn.text,
            "n_tokens": tokens.count(turn.text),
            "n_words": transcripts.word_count(turn.text),
            "n_chars": len(turn.text),
        }
        for number, turn in enumerate(transcript.turns)
    ]
