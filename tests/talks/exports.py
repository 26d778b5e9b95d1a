"""What editors, recorders and chats export: each with the mark that it alone has."""

import json
from collections.abc import Callable, Iterator, Mapping

from tests.talks import GUEST, HOST, Talk
from tests.talks.cases import Case, case, refused, with_guest
from tests.talks.speech import natural


def _each(form: str, apart: str = "\n\n", head: str = "") -> Callable[[Talk], str]:
    def written(talk: Talk) -> str:
        said = (
            form.format(
                who=who,
                said=said,
                quoted=json.dumps(said),
                t=f"00;{turn // 2:02};{turn % 2 * 30:02};12",
                u=f"00;{turn // 2:02};{turn % 2 * 30 + 9:02};03",
                first=who.split()[0],
                snail=who.lower().replace(" ", "-"),
                at=turn,
            )
            for turn, (who, said) in enumerate(talk)
        )
        return head + apart.join(said) + "\n"

    return written


def _dote(talk: Talk) -> str:
    lines = [
        {"startTime": f"00:00:{at:02},000", "speakerDesignation": who, "text": said}
        for at, (who, said) in enumerate(talk)
    ]
    return json.dumps({"lines": lines})


def _google(talk: Talk) -> str:
    """Tags stand in the words of the last result alone."""
    plain = [{"alternatives": [{"transcript": said, "confidence": 0.9}]} for _, said in talk]
    words = [
        {"word": word, "speakerTag": (HOST, GUEST).index(who) + 1}
        for who, said in talk
        for word in said.split()
    ]
    return json.dumps({"results": [*plain, {"alternatives": [{"words": words}]}]})


def _spotify(talk: Talk) -> str:
    sections = []
    for at, (who, said) in enumerate(talk):
        sections += [
            {"startMs": at * 1000, "title": {"title": who}},
            {"startMs": at * 1000, "text": {"sentence": {"text": said}}},
        ]
    return json.dumps({"section": sections, "episodeName": "On bells", "language": "en"})


EXPORTS: Mapping[str, Callable[[Talk], str]] = {
    "a linked label": _each("**[{who}](https://example.org/{first}):** {said}"),
    "a linked label, colon outside": _each("**[{who}](https://example.org/{first})**: {said}"),
    "a linked label that is not bold": _each("[{who}](https://example.org/{first}): {said}"),
    "a wiki link with another name": _each("**[[{who}|{first}]]:** {said}"),
    "a wiki link": _each("[[{who}]]: {said}"),
    "Premiere": _each("{t} - {u}\n{who}\n{said}"),
    "Premiere, label in the line": _each("{t} - {u}\n{who}: {said}"),
    "toggles": _each("  - **{who}**\n\n    {said}", "\n\n", "- Transcript\n"),
    "a toggle": _each("  - **{who}:** {said}", "\n", "- Transcript\n"),
    "YAML": _each("- speaker: {who}\n  start: {at}\n  text: {quoted}", "\n"),
    "YAML below a key": _each("  - speaker: {who}\n    text: {quoted}", "\n", "segments:\n"),
    "YAML by other words": _each("- who: {who}\n  said: {quoted}", "\n"),
    "angle brackets": _each("<{who}> {said}", "\n"),
    "angle brackets and a time": _each("[00:00:01] <{who}> {said}", "\n"),
    "DOTE": _dote,
    "Spotify": _spotify,
}


def exports() -> Iterator[Case]:
    """Yield a talk as each program writes it, and what lies beside transcripts and is none."""
    for at, (name, written) in enumerate(EXPORTS.items()):
        talk = natural(700 + at)
        one = case(name, written(talk), talk)
        yield from (one, with_guest(one))
    talk = natural(730)
    one = case("Google, tags in the last result", _google(talk), talk, names_host=False)
    yield from (one, with_guest(one))
    talk = natural(731, whole=True)
    giant = " ".join(f"{who}: {said}" for who, said in talk)
    one = case("one giant line", giant, talk)
    yield from (one, with_guest(one))
    talk = [(who, said.replace("a", "的")) for who, said in natural(732)]
    talk[7] = ("王小明", "我们挖沟。还有一点很重要：不要着急。")
    chinese = [({HOST: "李雷"}.get(who, "王小明"), said) for who, said in talk]
    said = "\n\n".join(f"{who}：{said}" for who, said in chinese)
    said = said.replace("还有", "\n\n还有")
    chinese[7] = ("王小明", "我们挖沟。 还有一点很重要：不要着急。")
    one = case("a Chinese sentence with a colon", said, chinese, host="李雷", aliases=())
    yield one
    yield refused("a chat of Zoom", _chat("{t} From  {who}  to  Everyone : {said}"))
    yield refused("a chat of Zoom, times first", _chat("{t}\t From {who} to Everyone:\n\t{said}"))
    yield refused(
        "a chat of Zoom, privately", _chat("{t} From {who} to {other}(Direct Message): {said}")
    )


def _chat(form: str) -> str:
    talk = natural(740, 12)
    return "\n".join(
        form.format(
            t=f"14:0{at % 6}:1{at % 9}", who=who, said=said, other=HOST if who == GUEST else GUEST
        )
        for at, (who, said) in enumerate(talk)
    )
