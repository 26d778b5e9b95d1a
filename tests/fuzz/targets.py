"""What is fuzzed: any bytes give a result that holds, or a named reason, and nothing else."""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from shared.corpus.sources.feed import parse_feed
from shared.corpus.sources.items import FeedNotXml, NoEpisodes
from shared.corpus.sources.names import date_in, title_in
from shared.corpus.sources.titles import guests_from_title
from shared.transcripts import (
    Host,
    TranscriptRefused,
    clean_text,
    heading_of,
    read_transcript,
)
from tests import talks

HOST = Host("Vera Lund", ("VL",))
GUESTS = ("Tom Ek", "Ann P. Cole")
NOBODY: Mapping[str, str] = {}


def transcript(
    body: bytes,
    content_type: str | None = None,
    speakers: Mapping[str, str] = NOBODY,
    selector: str = "",
) -> None:
    """Whole pages and files: the content decides the shape."""
    try:
        turns = read_transcript(
            body,
            content_type=content_type,
            host=HOST,
            guests=GUESTS,
            speakers=speakers,
            selector=selector,
        ).turns
    except TranscriptRefused:
        return
    assert turns
    assert all(turn.text.strip() and turn.speaker.strip() for turn in turns)
    assert all(one.speaker != other.speaker for one, other in pairwise(turns))
    "".join(turn.text for turn in turns).encode()  # what cannot be stored was replaced


def begun(opening: bytes) -> Callable[[bytes], None]:
    """A target that starts every input in one shape, so that its parser is reached at once."""
    return lambda body: transcript(opening + body)


def docx(body: bytes) -> None:
    transcript(talks.docx_of(body.decode("utf-8", errors="replace")))


def told(body: bytes) -> None:
    """With all that a profile and a server may say."""
    label, _, text = body.partition(b"\n")
    said = label.decode("latin-1")
    transcript(text, f"text/html; charset={said}", {said: "Vera Lund", "A": said}, f".{said}")


def name(body: bytes) -> None:
    text = body.decode("utf-8", errors="replace")
    assert title_in(text) is not None
    assert date_in(text, days_first=True) is None or re.search(r"\d", text)


def cleaning(body: bytes) -> None:
    """Nothing is lost from a text that holds none of what cleaning may take out."""
    text = body.decode("utf-8", errors="surrogateescape")
    cleaned = clean_text(text).text
    if text.isascii() and not re.search(r"[\x00-\x08\x0b-\x1f\x7f\d\[(@/.+:]", text):
        assert re.findall(r"\w+|[^\w\s-]", cleaned.replace("—", "-")) == re.findall(
            r"\w+|[^\w\s-]", text
        )


def title(body: bytes) -> None:
    text = body.decode("utf-8", errors="replace")
    assert all(name.strip() for name in guests_from_title(text, ("Vera Lund",)))


def heading(body: bytes) -> None:
    assert "\n" not in heading_of(body, None)


def feed(body: bytes) -> None:
    try:
        assert parse_feed(body, "https://example.org/feed.xml", HOST).items
    except (FeedNotXml, NoEpisodes):
        return


TARGETS: dict[str, Callable[[bytes], None]] = {
    "any": transcript,
    "captions": begun(b"WEBVTT\n\n00:00.000 --> 00:02.000\n"),
    "subrip": begun(b"1\n00:00:00,000 --> 00:00:02,000\nVera Lund: Why?\n\n"),
    "json": begun(b'{"segments": ['),
    "econtalk": begun(b'<table class="ts2"><tr><td>0:33</td><td>'),
    "inline": begun(b'<table><tbody id="unique"><tr><td>0:33</td><td>Vera: Why? Guest: So. '),
    "cited": begun(b"<cite>Vera Lund:</cite><time>0:00</time><p>Why?</p>"),
    "markdown": begun(b"**Vera Lund:** Why?\n\n**Tom Ek:** So.\n\n"),
    "timed": begun(b"Vera Lund 00:00:01\nWhy?\n\n"),
    "sbv": begun(b"0:00:01.000,0:00:02.000\nVera Lund: Why?\n\n"),
    "ass": begun(
        b"[Script Info]\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,Tom,0,0,0,,So.\n"
    ),
    "services": begun(b'{"results": {"utterances": [{"speaker": 0, "transcript": "Why?"}, '),
    "ttml": begun(b'<tt xmlns:ttm="a"><body><p ttm:agent="Vera Lund">Why?</p>'),
    "podlove": begun(b'<transcript><line speaker="Vera Lund">Why?</line>'),
    "rtf": begun(b"{\\rtf1\\ansi \\b Vera Lund:\\b0  Why?\\par\n"),
    "tsv": begun(b"Start\tSpeaker Name\tText\n0:01\tVera Lund\tWhy?\n"),
    "alone": begun(b"Vera Lund\nWhy?\n\nTom Ek\nSo.\n\nVera Lund\nAh.\n\n"),
    "weak": begun(b"[Vera Lund] Why?\n[Tom Ek] So.\n[Vera Lund] Ah.\n[Tom Ek] Yes.\n"),
    "rows": begun(b"| Speaker | Text |\n|---|---|\n| Vera Lund | Why? |\n| Tom Ek | So. |\n"),
    "told": told,
    "name": name,
    "table": begun(b"Speaker,Text\nVera Lund,Why?\n"),
    "front matter": begun(b"---\ntitle: Boats\nspeakers: [Vera Lund, Tom Ek]\n"),
    "page": begun(b"<html><main><p><b>Vera Lund:</b> Why?</p><p><b>Tom Ek:</b> So.</p>"),
    "docx": docx,
    "zip": begun(b"PK\x03\x04"),
    "cleaning": cleaning,
    "title": title,
    "heading": heading,
    "feed": feed,
}

TOKENS = (
    *("<p>", "</p>", "<b>", "</b>", "<td>", "<tr>", "<th>", "</table>", "<table class='ts2'>"),
    *("<cite>", "<time>", "id='unique'", "audio-highlight", "<!--", "<![CDATA[", "<script>"),
    *(
        "Vera Lund:",
        "Guest:",
        "GuestC:",
        "VL:",
        "Tom Ek:",
        "Break:",
        "[Recording date: May 5, 2021]",
    ),
    *("WEBVTT", "NOTE", "00:00:01,000 --> 00:00:02,000", "<v Tom>", "<v.loud Tom>", "-->"),
    *('"segments":', '"speaker":', '"body":', "\\u0000", "\\ud800", "[[[["),
    *("**", "__", "# ", "[04:10]", "(00:01:21):", "\\[", "](http://a)", "[?]", "[laughs]"),
    *(
        "[inaudible 00:12:34]",
        "[more to come, 44:02]",
        "--Econlib Ed.]",
        "a@b.co",
        "+1 415-555-0134",
    ),
    *("http://a.b/c", "www.a.b", "&amp;amp;", "&#0;", "&#x110000;", "\xc2\xa0", "\xe2\x80\x94"),
    *("<rss version='2.0'>", "<channel>", "<item>", "<link>", "<title>", "<pubDate>", "</rss>"),
    *("<podcast:transcript url='x' type='text/vtt'/>", "<?xml version='1.0' encoding='utf-16'?>"),
    *(" on ", " and ", "(with ", ", and ", "\xff\xfe", "\xef\xbb\xbf", "charset=utf-7"),
)
"""What the fuzzer may put in whole; one character is one byte."""

SEEDS: dict[str, bytes] = {
    "tsv": b'0:03\tTom Ek\t"They ""float"", mostly."\n',
    "alone": b"Tom Ek\nThey float.\n\nVera Lund 0:12\nMostly.\n",
    "weak": b"(Tom Ek) They float.\nVera Lund - Mostly.\nTom Ek\tYes.\n",
    "rows": b"| 0:12 | Tom Ek | They \\| float. |\n",
    "told": b"utf-8\n<div class='utf-8'><p>utf-8: Why?</p><p>A: So.</p><p>utf-8: Ah.</p></div>",
    "name": b"folder/2023-04-05 03.04.2024 - Ann Cole on Tides (5 May 2021).docx.txt",
    "econtalk": b"<p><b>Vera Lund:</b> Why?</p><p><b>Tom Ek:</b> They float.</p></td></tr></table>",
    "inline": b"Vera: I said: 'No.' GuestC: Yes [?]. Guest: No.</td></tr></table><p>Kim writes:</p>",
    "captions": b"<v Vera Lund>Why?\n\n00:03.000 --> 00:05.000\n<v Tom Ek>So.</v>\n",
    "subrip": b"2\n00:00:03,000 --> 00:00:05,000\nTom Ek: They float.\n",
    "json": b'{"speaker": "Vera Lund", "body": "Why?"}, {"speaker": "Tom Ek", "body": "So."}]}',
    "cited": b"<cite>Tom Ek</cite> <p>They float.</p>",
    "markdown": b"## Part two\n\n**Break:** \\[01:44\\]\n\nTom Ek: So.\n",
    "timed": b"Tom Ek (00:00:20): They float.\n\n(00:00:25): Mostly.\n",
    "sbv": b"0:00:03.000,0:00:05.000\n>> Tom Ek: They float.\n",
    "ass": b"Dialogue: 0,0:00:03.00,0:00:05.00,Default,,0,0,0,,{\\i1}Tom Ek: So.\n",
    "services": b'{"speaker": {"name": "Tom Ek"}, "words": [{"word": "So", "punctuated_word": "So."}]}]}}',
    "ttml": b'<p ttm:agent="b"><span ttm:agent="c">So</span><br/>they float.</p></body></tt>',
    "podlove": b'<line speaker="Tom Ek">They float.</line></transcript>',
    "rtf": b"{\\b Tom Ek:} They \\'e9 \\u8212? float.\\par}",
    "table": b'Tom Ek,"They ""float"", mostly."\n',
    "front matter": b"date: 2023-04-05\n---\nVera Lund: Why?\n\nTom Ek: So.\n",
    "page": b"<h2>Related</h2><dl><dt>Tom Ek</dt><dd>So.</dd></dl><div class='comments'>x</div></main>",
    "docx": b"<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Tom Ek:</w:t></w:r><w:r><w:t> So.</w:t></w:r></w:p>",
    "feed": (
        b"<rss version='2.0' xmlns:podcast='https://podcastindex.org/namespace/1.0'><channel><item>"
        b"<title>Tom Ek on Boats</title><link>https://a.b/c</link><pubDate>Mon, 02 Jan 2023 11:30:00 "
        b"GMT</pubDate><podcast:transcript url='x.vtt' type='text/vtt'/></item></channel></rss>"
    ),
    "title": b"Ann Cole, P.J. O'Hara, and Bob Hunt on Tides (with Tom Ek)",
    "heading": b"<html><head><title>a</title></head><body><h1>Tom <i>Ek</i> on Boats</h1>",
    "cleaning": b"Write to a@b.co [laughs] -- or +1 415-555-0134, www.a.b/c. [Qt] 1,367,440...",
}

CORPUS: list[bytes] = [written(talks.invented(1, 4)) for written in talks.SHAPES.values()]
"""A short talk in every shape, from which the target that takes anything begins."""
