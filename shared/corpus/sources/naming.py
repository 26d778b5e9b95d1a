"""What names an episode: the feed's guid, its page's address where there is none, and the name it has already."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from shared.corpus.records import Item, Known
from shared.corpus.sources.items import FeedItem
from shared.ids import digest

_TRACKING = frozenset({"ref", "source", "src", "fbclid", "gclid", "mc_cid", "mc_eid", "igshid"})


def named_items(show: str, items: Sequence[FeedItem]) -> Iterator[tuple[str, str, FeedItem]]:
    """Yield each episode's id, its former id, and its item; an item that is listed twice stands once.

    A guid that several episodes share names none of them; then guid, address and title do together, with the day
    where even these are the same.
    """
    links, guids = Counter(item.url for item in items), Counter(_guids(items))
    seen = dict[str, FeedItem]()
    for item in items:
        former = digest(show, item.url, *([item.title] if links[item.url] > 1 else []))
        if not item.guid:
            episode_id = former
        elif guids[item.guid] == 1:
            episode_id = digest(show, "guid", item.guid)
        else:
            episode_id = digest(show, "guid", item.guid, item.url, item.title)
        while episode_id in seen and _are_two(seen[episode_id], item):
            episode_id = digest(episode_id, item.published.isoformat(), *_offered(item))
        if episode_id not in seen:
            seen[episode_id] = item
            yield episode_id, former, item


def _are_two(one: FeedItem, other: FeedItem) -> bool:
    """Return whether two items of one guid, address and title are two episodes: other day, other transcripts."""
    offers = _offered(one), _offered(other)
    return one.published != other.published and all(offers) and offers[0] != offers[1]


def _offered(item: FeedItem) -> list[str]:
    return sorted(link.url for link in item.transcript_links)


def _guids(items: Iterable[FeedItem]) -> Iterator[str]:
    """Yield the guid of each episode, once however often the episode is listed."""
    yield from (guid for guid, _, _ in {(item.guid, item.url, item.title) for item in items})


def as_known(items: Sequence[Item], known: Mapping[str, Known]) -> list[Item]:
    """Return the items under the ids that the lake has them under, so that nothing is read or bought anew.

    The lake's episode is the one with this guid; else, where neither its guid is still in use nor
    another item has the better claim, the one with the former id, or with the same address but for
    what trackers and https change.
    """
    claims = _Claims(items, known)
    return [replace(item, episode_id=claims.id_of(item)) for item in items]


class _Claims:
    """Which known episode belongs to which item; each belongs to one at most."""

    def __init__(self, items: Sequence[Item], known: Mapping[str, Known]) -> None:
        guids = Counter(item.guid for item in items if item.guid)
        self._known = known
        self._by_guid = {
            before.guid: episode_id
            for episode_id, before in known.items()
            if before.guid and guids[before.guid] == 1
        }
        places = Counter(_place(before.url) for before in known.values())
        listed = Counter(_place(item.url) for item in items)
        self._by_place = {
            place: episode_id
            for episode_id, before in known.items()
            if (place := _place(before.url)) and places[place] == 1 and listed[place] == 1
        }
        self._owned = set(self._by_guid.values())
        self._taken = {item.episode_id for item in items if item.episode_id in known}
        self._taken |= {self._by_guid[guid] for guid in guids if guid in self._by_guid}

    def id_of(self, item: Item) -> str:
        """Return the known episode's id, else the item's own."""
        if item.guid in self._by_guid:
            return self._by_guid[item.guid]
        if item.episode_id in self._owned:  # by an item that once had this address
            return digest(item.episode_id, "again")
        if item.episode_id in self._known:
            return item.episode_id
        place = _place(item.url)
        for candidate in (item.former_id, self._by_place.get(place, "") if place else ""):
            if candidate in self._known and candidate not in self._taken:
                self._taken.add(candidate)
                return candidate
        return item.episode_id


def _place(url: str) -> tuple[str, str, str] | None:
    """Host, path and query of an address, without what may change while the page stays the same."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    asked = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _TRACKING and not name.lower().startswith("utm_")
    ]
    host = parts.netloc.lower().removeprefix("www.")
    return host, parts.path.rstrip("/"), urlencode(sorted(asked))
