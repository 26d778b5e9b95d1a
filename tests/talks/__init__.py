"""One invented talk in every shape that podcasters keep transcripts in: `SHAPES` by name, each to bytes."""

import csv
import io
import json
import random
import zipfile
from collections.abc import Callable, Sequence
from html import escape

Talk = Sequence[tuple[str, str]]
HOST, GUEST = "Ida Stone", "Rolf Quill"
_OPENINGS = [
    "Well, the ditch",
    "I think mud",
    "Yes, and the water",
    "No: the hedge",
    "So my father",
    "You see, a spade",
]
_MIDDLES = [
    "was never quite dry",
    "runs under the road at 5:30",
    "has its own ideas",
    "cost me 1,200 and a boot",
    "is what I call home",
    "went to the mill & came back",
]
_ENDS = [
    "and that was that.",
    "did you know?",
    "so we waited, and waited.",
    "as they said: never again!",
    "but who would dig it?",
    '"not today," he said.',
]


def invented(seed: int, n_turns: int = 24) -> list[tuple[str, str]]:
    """A talk of two people by turns, of one to three sentences each."""
    chance = random.Random(seed)
    pick = chance.choice

    def said() -> str:
        return " ".join(
            f"{pick(_OPENINGS)} {pick(_MIDDLES)}, {pick(_ENDS)}"
            for _ in range(chance.randint(1, 3))
        )

    return [((HOST, GUEST)[n % 2], said()) for n in range(n_turns)]


def clock(at: int, mark: str = ".") -> str:
    return (
        f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}{mark}000"
        if mark
        else f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}"
    )


def lines(
    form: str, apart: str = "\n\n", head: str = "", tail: str = "\n"
) -> Callable[[Talk], bytes]:
    """Text made of one form a turn: {who}, {said}, {t} (hh:mm:ss), {m} (m:ss), {first}, {upper}, {n} and more."""

    def written(talk: Talk) -> bytes:
        parts = [
            form.format(
                who=who,
                said=said,
                t=clock(8 * n, ""),
                m=f"{8 * n // 60}:{8 * n % 60:02}",
                n=n + 1,
                first=who.split()[0],
                upper=who.upper(),
                surname=who.split()[-1],
                until=clock(8 * n + 7, ""),
                initials="".join(word[0] for word in who.split()),
                code=f"SPEAKER_0{n % 2}",
                letter="QA"[n % 2],
                html=escape(said, quote=False),
                frames=f"{clock(8 * n, '')}:05",
            )
            for n, (who, said) in enumerate(talk)
        ]
        return (head + apart.join(parts) + tail).encode()

    return written


def wrapped(said: str, words: int) -> list[str]:
    all_words = said.split()
    return [" ".join(all_words[at : at + words]) for at in range(0, len(all_words), words)]


def cues(
    form: str, words: int = 7, kind: str = "vtt", every: bool = False
) -> Callable[[Talk], bytes]:
    """Captions of so many words; the label on a turn's first cue, or on every one."""

    def written(talk: Talk) -> bytes:
        made, at = [], 0
        for who, said in talk:
            for part, text in enumerate(wrapped(said, words)):
                label = form.format(who=who, upper=who.upper(), last=who.split()[-1].upper())
                shown = f"{label}{escape(text, quote=False) if kind == 'vtt' else text}"
                made.append((at, shown if every or not part else shown[len(label) :]))
                at += 3
        return timed(made, kind)

    return written


def timed(made: Sequence[tuple[int, str]], kind: str) -> bytes:
    if kind == "sbv":
        return "\n\n".join(
            f"{clock(at)[1:]},{clock(at + 2)[1:]}\n{text}" for at, text in made
        ).encode()
    if kind == "srt":
        return "\n\n".join(
            f"{n + 1}\n{clock(at, ',')} --> {clock(at + 2, ',')}\n{text}"
            for n, (at, text) in enumerate(made)
        ).encode()
    return (
        "WEBVTT\n\n" + "\n\n".join(f"{clock(at)} --> {clock(at + 2)}\n{text}" for at, text in made)
    ).encode()


def two_in_a_cue(talk: Talk) -> bytes:
    pairs = zip(talk[::2], talk[1::2], strict=True)
    return timed(
        [
            (9 * n, "\n".join(f"- {who}: {said}" for who, said in pair))
            for n, pair in enumerate(pairs)
        ],
        "srt",
    )


def recut(talk: Talk) -> bytes:
    """The labelled words in cues of nine words, wherever the labels fall."""
    words = " ".join(f"{who}: {said}" for who, said in talk)
    return timed([(3 * n, text) for n, text in enumerate(wrapped(words, 9))], "srt")


def rolling(talk: Talk) -> bytes:
    """Every cue repeats the line before, as live captions do."""
    shown = [line for who, said in talk for line in wrapped(f"{who}: {said}", 6)]
    return timed(
        [(2 * n, "\n".join(shown[max(0, n - 1) : n + 1])) for n in range(len(shown))], "vtt"
    )


def growing(talk: Talk) -> bytes:
    made = []
    for who, said in talk:
        words = f"{who}: {said}".split()
        made += [" ".join(words[: 4 * n]) for n in range(1, len(words) // 4 + 2)]
    return timed([(n, text) for n, text in enumerate(made)], "srt")


def ass(talk: Talk) -> bytes:
    head = (
        "[Script Info]\nTitle: Mud\n\n[Events]\nFormat: Layer, Start, End, Style, Name, "
        "MarginL, MarginR, MarginV, Effect, Text\n"
    )
    return (
        head
        + "\n".join(
            f"Dialogue: 0,0:00:{n:02}.00,0:00:{n + 1:02}.00,Default,{who},0,0,0,,{said}"
            for n, (who, said) in enumerate(talk)
        )
    ).encode()


def as_json(document: Callable[[Talk], object]) -> Callable[[Talk], bytes]:
    return lambda talk: json.dumps(document(talk)).encode()


def segments(speaker: str, text: str, **more: object) -> Callable[[Talk], list[dict[str, object]]]:
    return lambda talk: [
        {speaker: who, text: said, "start": n, **more} for n, (who, said) in enumerate(talk)
    ]


def numbered(talk: Talk) -> list[tuple[int, str]]:
    return [((HOST, GUEST).index(who), said) for who, said in talk]


NAMES = [{"id": 0, "name": HOST}, {"id": 1, "name": GUEST}]


def rev(talk: Talk) -> object:
    def elements(said: str) -> list[dict[str, str]]:
        parts = [{"type": "text", "value": said.split()[0]}]
        for word in said.split()[1:]:
            parts += [{"type": "punct", "value": " "}, {"type": "text", "value": word}]
        return parts

    return {
        "speakers": NAMES,
        "monologues": [
            {"speaker": who, "elements": elements(said)} for who, said in numbered(talk)
        ],
    }


def aws(talk: Talk, inside: bool) -> object:
    items, spans, at = [], [], 0
    for who, said in numbered(talk):
        begun = at
        for word in said.split():
            core = word.rstrip(".,?!")
            label = {"speaker_label": f"spk_{who}"} if inside else {}
            items.append(
                {
                    "type": "pronunciation",
                    "start_time": f"{at}.0",
                    "alternatives": [{"content": core}],
                    **label,
                }
            )
            items.extend(
                {"type": "punctuation", "alternatives": [{"content": mark}], **label}
                for mark in word[len(core) :]
            )
            at += 1
        spans.append(
            {
                "speaker_label": f"spk_{who}",
                "items": [
                    {"start_time": f"{t}.0", "speaker_label": f"spk_{who}"}
                    for t in range(begun, at)
                ],
            }
        )
    labels = {} if inside else {"speaker_labels": {"speakers": 2, "segments": spans}}
    return {
        "jobName": "mud",
        "results": {
            "transcripts": [{"transcript": " ".join(s for _, s in talk)}],
            **labels,
            "items": items,
        },
    }


def deepgram_paragraphs(talk: Talk) -> object:
    paragraphs = [
        {"speaker": who, "sentences": [{"text": said, "start": 0.1}]}
        for who, said in numbered(talk)
    ]
    words = [
        {"word": word.lower(), "punctuated_word": word, "speaker": who}
        for who, said in numbered(talk)
        for word in said.split()
    ]
    whole = " ".join(said for _, said in talk)
    alternative = {
        "transcript": whole,
        "words": words,
        "paragraphs": {"transcript": whole, "paragraphs": paragraphs},
    }
    return {"metadata": {"channels": 1}, "results": {"channels": [{"alternatives": [alternative]}]}}


TTML = 'xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"'
APPLE = 'xmlns:podcasts="http://podcasts.apple.com/transcript-ttml-internal"'


def ttml(talk: Talk) -> bytes:
    agents = "".join(
        f'<ttm:agent type="person" xml:id="p{n}"><ttm:name type="full">{name}</ttm:name></ttm:agent>'
        for n, name in enumerate((HOST, GUEST))
    )
    spoken = "\n".join(
        f'<p begin="{clock(n)}" end="{clock(n + 1)}" ttm:agent="p{who}">{escape(said)}</p>'
        for n, (who, said) in enumerate(numbered(talk))
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><tt {TTML} xml:lang="en"><head><metadata>{agents}</metadata></head>'
        f"<body><div>{spoken}</div></body></tt>"
    ).encode()


def ttml_words(talk: Talk) -> bytes:
    unit = 'podcasts:unit="word"'
    spoken = "".join(
        f'<p begin="{n}.0" end="{n}.9" ttm:agent="SPEAKER_{who}"><span podcasts:unit="sentence">'
        + "".join(f"<span {unit}>{escape(word)}</span>" for word in said.split())
        + "</span></p>"
        for n, (who, said) in enumerate(numbered(talk))
    )
    return f"<tt {TTML} {APPLE}><body><div>{spoken}</div></body></tt>".encode()


def podlove(talk: Talk) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<transcript>'
        + "".join(
            f'<line start="{clock(n)}" end="{clock(n + 1)}" speaker="{who}">{escape(said)}</line>'
            for n, (who, said) in enumerate(talk)
        )
        + "</transcript>"
    ).encode()


def table(delimiter: str, columns: Sequence[str]) -> Callable[[Talk], bytes]:
    def written(talk: Talk) -> bytes:
        page = io.StringIO()
        rows = csv.writer(page, delimiter=delimiter)
        rows.writerow(columns)
        for n, (who, said) in enumerate(talk):
            cells = {"speaker": who, "text": said, "start": clock(n)}
            rows.writerow(
                [
                    cells.get(column.lower(), who if "name" in column.lower() else said)
                    for column in columns
                ]
            )
        return page.getvalue().encode()

    return written


def rtf(talk: Talk) -> bytes:
    def safe(text: str) -> str:
        return text.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}")

    paragraphs = "".join(f"\\pard\\b {who}:\\b0  {safe(said)}\\par\n\\par\n" for who, said in talk)
    return f"{{\\rtf1\\ansi\\ansicpg1252{{\\fonttbl{{\\f0 Arial;}}}}\\f0\\fs24\n{paragraphs}}}".encode()


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx_of(body: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        )
    return file.getvalue()


def run(text: str, bold: bool = False) -> str:
    return f'<w:r>{"<w:rPr><w:b/></w:rPr>" if bold else ""}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def docx(kind: str) -> Callable[[Talk], bytes]:
    def paragraph(who: str, said: str) -> str:
        if kind == "table":
            cell = "<w:tc><w:p>{}</w:p></w:tc>".format
            return f"<w:tr>{cell(run(who))}{cell(run(said))}</w:tr>"
        if kind == "bold":
            return f"<w:p>{run(f'{who}: ', bold=True)}{run(said)}</w:p>"
        if kind == "bold time":
            return f"<w:p>{run(who, bold=True)}{run('  0:12')}<w:r><w:br/></w:r>{run(said)}</w:p>"
        if kind == "bold line":
            return f"<w:p>{run(who, bold=True)}</w:p><w:p>{run(said)}</w:p>"
        return f"<w:p>{run(f'{who}: {said}')}</w:p>"

    def written(talk: Talk) -> bytes:
        body = "".join(paragraph(who, said) for who, said in talk)
        return docx_of(f"<w:tbl>{body}</w:tbl>" if kind == "table" else body)

    return written


MENU = '<nav><ul><li><a href="/">Home</a></li><li><a href="/about">About</a></li></ul></nav>'
COMMENTS = (
    '<section id="comments"><h2>2 comments</h2><ol><li><cite>Kim Lee</cite> says: <p>Great show!</p></li>'
    "<li><strong>Rolf Quill:</strong> <p>Thank you, Kim.</p></li></ol></section>"
)
RELATED = (
    '<h3>Related episodes</h3><ul><li><a href="/2">Ida Stone: on fences</a></li></ul>'
    '<div class="related-posts"><p><strong>Ida Stone:</strong> the best of hedges</p></div>'
)


def page(form: str, around: tuple[str, str] = ("", "")) -> Callable[[Talk], bytes]:
    """A whole page with menu, intro, related blurbs, comments and footer around the talk."""

    def written(talk: Talk) -> bytes:
        inside = lines(form, apart="\n", tail="")(talk).decode()
        return (
            f"<!DOCTYPE html><html><head><title>Rolf Quill on Mud</title></head><body>{MENU}<main><article>"
            f"<h1>Rolf Quill on Mud</h1><p>This week we talk about mud.</p><h2>Transcript</h2>"
            f"{around[0]}{inside}{around[1]}"
            f"{RELATED}</article></main>{COMMENTS}<aside><p><b>Ida Stone:</b> subscribe!</p></aside>"
            "<footer><p>Ida Stone: all rights reserved.</p></footer></body></html>"
        ).encode()

    return written


MATTER = (
    '---\ntitle: "Mud: a talk"\ndate: 2023-04-05\nspeakers: [Ida Stone, Rolf Quill]\nlinks:\n'
    "  - name: Hedges\n    url: https://example.org/a\n  - name: Ditches\n    url: https://example.org/b\n---\n"
)

TIMED_TABLE = "| Time | Speaker | Text |\n|---|:--|---|\n"

SHAPES: dict[str, Callable[[Talk], bytes]] = {
    "plain": lines("{who}: {said}"),
    "plain, single line breaks": lines("{who}: {said}", apart="\n"),
    "plain, first names": lines("{first}: {said}"),
    "capitals, then surnames": lines("{upper}: {said}"),
    "initials": lines(
        "{initials}: {said}", head="Ida Stone (IS): Hello.\n\nRolf Quill (RQ): Hello.\n\n"
    ),
    "label on a line with a colon": lines("{who}:\n{said}"),
    "name alone on a line": lines("{who}\n{said}"),
    "name, blank line, speech": lines("{who}\n\n{said}"),
    "name and time": lines("{who} {t}\n{said}"),
    "name, two blanks, short time (Otter)": lines(
        "{who}  {m}\n{said}", tail="\n\nTranscribed by https://otter.ai\n"
    ),
    "name and time in brackets": lines("{who} ({t}): {said}"),
    "name, dash, time": lines("{who} – {t}: {said}"),
    "time in brackets, name, colon": lines("[{t}] {who}: {said}"),
    "time, name, colon": lines("{t} {who}: {said}"),
    "time and name on a line": lines("{t} {who}\n{said}"),
    "time, dash, name (Descript)": lines("[{t}.10] - {who}\n{said}"),
    "time range, then name (Premiere)": lines("{frames} - {until}:00\n{who}\n{said}"),
    "name in brackets": lines("[{who}] {said}"),
    "name in round brackets": lines("({who}) {said}"),
    "name, dash": lines("{who} - {said}"),
    "name, em dash": lines("{who} — {said}"),
    "name, tab": lines("{who}\t{said}", apart="\n"),
    "no blank after the colon": lines("{who}:{said}"),
    "wide colon": lines("{who}：{said}"),
    "zero-width blank first": lines("\u200b{who}: {said}"),
    "byte order mark before each": lines("\ufeff{who}: {said}"),
    "with pronouns": lines("{who} (they/them): {said}"),
    "with an affiliation": lines("{who} | The Porch: {said}"),
    "with emoji": lines("{who} 🎙️: {said}"),
    "roles and names": lines("{who} (speaking from Ohio): {said}"),
    "chevrons": lines(">> {upper}: {said}"),
    "letters, as in court": lines("{letter}. {said}"),
    "numbered lines": lines("  {n}  {upper}:  {said}", apart="\n"),
    "two colons": lines("{who}:: {said}"),
    "name in brackets, then a time": lines("[{who}] {t}\n{said}"),
    "name and time of day": lines("{who} 10:{n:02} AM\n{said}"),
    "day, time, name": lines("[03/04/2024, 10:{n:02}:00] {who}: {said}", apart="\n"),
    "time, name and speech between tabs": lines("{m}\t{who}\t{said}", apart="\n"),
    "time, then the time in words (YouTube)": lines(
        "{m}\n0 minutes, {n} seconds\n{who}: {said}", apart="\n"
    ),
    "in two scripts": lines("{who}（石）：{said}"),
    "machine labels": lines("{code}: {said}"),
    "bold": lines("**{who}:** {said}"),
    "bold, colon outside": lines("**{who}**: {said}"),
    "bold without a colon": lines("**{who}** {said}"),
    "bold on a line": lines("**{who}**\n{said}"),
    "underscores": lines("__{who}:__ {said}"),
    "apostrophes": lines("'''{who}:''' {said}"),
    "bold, then a time in italics": lines("**{who}** *({m})*\n\n{said}"),
    "bold, then a linked time": lines("**{who}** [{m}](https://example.org/?t={n}) {said}"),
    "bold and italic": lines("***{who}:*** {said}"),
    "italic": lines("*{who}:* {said}"),
    "headings": lines("### {who}\n\n{said}"),
    "bold headings": lines("## **{who}:**\n\n{said}"),
    "quotation": lines("> **{who}:** {said}"),
    "list with bold": lines("- **{who}:** {said}", apart="\n"),
    "list with stars": lines("* {who}: {said}", apart="\n"),
    "numbered list": lines("{n}. **{who}:** {said}", apart="\n"),
    "Markdown table": lines(
        "| {who} | {said} |", apart="\n", head="| Speaker | Text |\n|---|---|\n"
    ),
    "Markdown table with times": lines("| {t} | {who} | {said} |", apart="\n", head=TIMED_TABLE),
    "Markdown with line breaks of HTML": lines("**{who}:** {said}<br>", apart="\n"),
    "front matter": lines("{who}: {said}", head=MATTER),
    "front matter in TOML": lines(
        "**{who}:** {said}", head='+++\ntitle = "Mud"\ndate = 2023-04-05\n+++\n'
    ),
    "chapters first": lines("{who}: {said}", head="00:00 Hello\n00:06 The part about mud\n\n"),
    "VTT voices": cues("<v {who}>", every=True),
    "VTT voices when they change": cues("<v {who}>"),
    "VTT voices with dashes": cues("- <v {who}>"),
    "VTT labels": cues("{who}: "),
    "VTT name on a line of its own": cues("{who}\n", every=True),
    "VTT chevrons": cues(">> {upper}: "),
    "VTT brackets": cues("[{who}] "),
    "VTT brackets and colon": cues("[{who}]: "),
    "SRT labels": cues("{who}: ", kind="srt"),
    "SRT labels on every cue": cues("{who}: ", kind="srt", every=True),
    "SRT round brackets": cues("({who}) ", kind="srt"),
    "SRT capitals": cues("{upper}: ", kind="srt"),
    "SRT two speakers a cue": two_in_a_cue,
    "SRT cut anywhere": recut,
    "SBV": cues("{who}: ", kind="sbv"),
    "rolling captions": rolling,
    "growing captions": growing,
    "ASS": ass,
    "Podcasting 2.0 JSON": as_json(
        lambda talk: {"version": "1.0.0", "segments": segments("speaker", "body")(talk)}
    ),
    "WhisperX": as_json(
        lambda talk: {
            "segments": segments("speaker", "text", words=[{"word": "mud"}])(talk),
            "word_segments": [{"word": "mud"}],
        }
    ),
    "list of speaker and text": as_json(segments("speaker", "text")),
    "speaker and message": as_json(segments("speaker", "message")),
    "an object a line": lambda talk: b"\n".join(
        json.dumps(part).encode() for part in segments("speaker", "text")(talk)
    ),
    "Azure": as_json(
        lambda talk: {
            "recognizedPhrases": [
                {"speaker": who, "nBest": [{"display": said}, {"display": "Something else."}]}
                for who, said in numbered(talk)
            ]
        }
    ),
    "Speechmatics": as_json(
        lambda talk: {
            "results": [
                {"type": "word", "alternatives": [{"content": word, "speaker": f"S{who + 1}"}]}
                for who, said in numbered(talk)
                for word in said.split()
            ]
        }
    ),
    "Google": as_json(
        lambda talk: {
            "results": [
                {
                    "alternatives": [
                        {
                            "words": [
                                {"word": word, "speakerTag": who + 1}
                                for who, said in numbered(talk)
                                for word in said.split()
                            ]
                        }
                    ]
                }
            ]
        }
    ),
    "messages under a key": as_json(
        lambda talk: {"episode": 1, "chat": segments("speaker", "message")(talk)}
    ),
    "speakerName": as_json(segments("speakerName", "text")),
    "speaker as an object": as_json(
        lambda talk: [
            {"speaker": {"id": n, "name": who}, "text": said} for n, (who, said) in enumerate(talk)
        ]
    ),
    "speaker as a number": as_json(
        lambda talk: {"segments": [{"speaker": who, "text": said} for who, said in numbered(talk)]}
    ),
    "numbers and a list of names": as_json(
        lambda talk: {
            "speakers": NAMES,
            "segments": [{"speaker": who, "text": said} for who, said in numbered(talk)],
        }
    ),
    "Deepgram utterances": as_json(
        lambda talk: {
            "results": {
                "channels": [{"alternatives": [{"transcript": "all of it"}]}],
                "utterances": [
                    {"speaker": who, "transcript": said} for who, said in numbered(talk)
                ],
            }
        }
    ),
    "Deepgram paragraphs": as_json(deepgram_paragraphs),
    "AssemblyAI": as_json(
        lambda talk: {
            "text": "all of it",
            "words": [{"text": "all", "speaker": "A"}],
            "utterances": [
                {"speaker": "AB"[who], "text": said, "words": [{"text": "x"}]}
                for who, said in numbered(talk)
            ],
        }
    ),
    "AWS Transcribe": as_json(lambda talk: aws(talk, inside=False)),
    "AWS Transcribe, labels with the words": as_json(lambda talk: aws(talk, inside=True)),
    "Rev": as_json(rev),
    "Sonix": as_json(lambda talk: {"name": "mud", "transcript": segments("speaker", "text")(talk)}),
    "Podlove JSON": as_json(segments("voice", "text", start_ms=1)),
    "TTML": ttml,
    "TTML with words": ttml_words,
    "Podlove XML": podlove,
    "CSV": table(",", ["Start", "Speaker", "Text"]),
    "CSV with semicolons": table(";", ["Speaker", "Text"]),
    "TSV": table("\t", ["Start", "Speaker Name", "Text"]),
    "RTF": rtf,
    "DOCX": docx("plain"),
    "DOCX bold": docx("bold"),
    "DOCX bold on a line": docx("bold line"),
    "DOCX bold, then a time": docx("bold time"),
    "DOCX table": docx("table"),
    "page: strong": page("<p><strong>{who}:</strong> {html}</p>"),
    "page: plain paragraphs": page("<p>{who}: {html}</p>"),
    "page: class names": page(
        '<div class="ts-segment"><span class="ts-name">{who}</span>'
        '<span class="ts-timestamp"><a href="#">({t})</a></span> <span class="ts-text">{html}</span></div>'
    ),
    "page: block class names": page(
        '<div class="turn"><div class="speaker-name">{who}</div><div class="words">{html}</div></div>'
    ),
    "page: definition list": page("<dt>{who}</dt><dd>{html}</dd>", ("<dl>", "</dl>")),
    "page: capitals": page("<p>{upper}: {html}</p>"),
    "page: line breaks": page("{who}: {html}<br><br>", ('<div class="entry"><p>', "</p></div>")),
    "page: cite": page("<cite>{who}:</cite> <time>{t}</time> <p>{html}</p>"),
    "page: headings": page("<h4>{who}</h4><p>{html}</p>"),
    "page: strong, time, colon": page("<p><strong>{who} </strong>[{t}]: {html}</p>"),
    "page: columns": page(
        '<div class="row"><div><div class="speaker"><span>{who}</span></div><div>{m}</div></div>'
        "<div><p>{html}</p></div></div>"
    ),
    "page: table with times": page(
        "<tr><td>{who}</td><td>{m}</td><td>{html}</td></tr>",
        ("<table><tr><th>Speaker</th><th>Time</th><th>Text</th></tr>", "</table>"),
    ),
    "page: table": page("<tr><td>{who}</td><td>{html}</td></tr>", ("<table>", "</table>")),
    "page: list": page("<li><b>{who}</b>: {html}</li>", ("<ul>", "</ul>")),
}
