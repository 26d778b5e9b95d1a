"""From the lines of a script to turns of named speakers, with what is odd about them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from shared.transcripts.records import Line, Script, Turn
from shared.transcripts.speakers.credits import without_credits
from shared.transcripts.speakers.labels import with_accepted_labels
from shared.transcripts.speakers.names import form_of, name_key
from shared.transcripts.speakers.people import People, Speaker, merged_aliases
from shared.transcripts.speakers.roles import is_nobody, is_pause, means_host
from shared.transcripts.text import without_leading_time, without_time_marks, word_count

HOST_SHARE_LIMIT = 0.6
STRAY_NAMES_TOLD = 5
TIMED_TURNS, TIMED_SHARE = 4, 0.8
_HOST = "host"
DOUBLED_WORDS = 12  # shorter turns repeat by chance
_SENTENCE_END = re.compile(r"[.?!…\])'\"’”»—–-]\s*$")
_NAME_AND_COLON = re.compile(
    r"(?:^|[.?!…\])]\s?|--)([A-Z][\w'’-]{1,30}(?: (?:[A-Z]\.|[A-Z][\w'’-]{1,30})){0,3})\s?:(?![\w/'\"‘“])"
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who speaks on a page: each label's speaker."""

    speakers: Mapping[str, Speaker]

    def named(self, role: str) -> list[str]:
        """Return the distinct names of one role, in order of appearance."""
        return list(dict.fromkeys(who.name for who in self.speakers.values() if who.role == role))


def labelled_lines(script: Script, people: People) -> list[Line]:
    """Return the script's lines with accepted labels only, time marks gone, empty lines dropped."""
    lines = []
    accepted = with_accepted_labels(without_credits(script.lines, people), people)
    is_timed = _times_its_turns(accepted)
    for line in accepted:
        said = without_time_marks(line.said)
        if is_timed and line.label:
            said = without_leading_time(said)
        if said or line.label:
            lines.append(line if said == line.said else replace(line, said=said))
    return lines


def _times_its_turns(lines: Sequence[Line]) -> bool:
    """Return whether nearly all labels stand before a time, which then is when the turn begins."""
    spoken = [line.said for line in lines if line.label and line.said]
    timed = sum(said != without_leading_time(said) for said in spoken)
    return timed >= TIMED_TURNS and timed >= TIMED_SHARE * len(spoken)


def attribute(lines: Sequence[Line], people: People) -> Attribution:
    """Give each label its speaker, by what the show knows and then by evidence on the page.

    Without a single guest the title names, everybody else who speaks twice is a guest.
    """
    turns = Counter(line.label for line in lines if line.label and not is_nobody(line.label))
    longer = merged_aliases(list(turns))
    speakers = {label: _speaker(label, longer[label], people) for label in turns}
    speakers = _with_a_host(speakers, people)
    if not any(who.role == "guest" for who in speakers.values()):
        times = Counter[str]()
        for label, count in turns.items():
            times[speakers[label].name] += count
        speakers = {
            label: _promoted_to_guest(who, times[who.name]) for label, who in speakers.items()
        }
    return Attribution(_spelled_in_full(speakers))


def _speaker(label: str, longer: str, people: People) -> Speaker:
    known = people.identify(longer) or people.identify(label)
    return known or Speaker(longer, "other", False)


def _with_a_host(speakers: Mapping[str, Speaker], people: People) -> dict[str, Speaker]:
    """Return the speakers with the label `Host`, or another word for it, as the host where no name is."""
    if not people.host.name or any(who.role == "host" for who in speakers.values()):
        return dict(speakers)
    by_role = [label for label in speakers if means_host(label)]
    called = [label for label in by_role if label.casefold() == _HOST] or by_role
    host = Speaker(people.host.name, "host", True)
    is_sure = len({label.casefold() for label in called}) == 1
    return {label: host if is_sure and label in called else who for label, who in speakers.items()}


def _promoted_to_guest(who: Speaker, times: int) -> Speaker:
    is_guest = who.role == "other" and times > 1 and who.name.casefold() != _HOST
    return Speaker(who.name, "guest", False) if is_guest else who


def _spelled_in_full(speakers: Mapping[str, Speaker]) -> dict[str, Speaker]:
    """One name a person: a guest the title gives by surname gets the page's full name."""
    names = {who.name for who in speakers.values()}
    full = merged_aliases(sorted(names))
    return {
        label: Speaker(full[who.name], who.role, who.expected) if who.role != "host" else who
        for label, who in speakers.items()
    }


def turns_of(lines: Sequence[Line], attribution: Attribution) -> Iterator[Turn]:
    """Yield the turns, neighbours of one speaker merged; text before the first label is left out.

    What is said under a break's or clip's label is left out. An unlabelled line goes on with the
    person who spoke before, but not after a clip, whose words it may hold.
    """
    spoken = (part for part in _spoken(lines, attribution) if part[1])
    for _, parts in groupby(spoken, key=lambda part: part[0].name):
        said = list(parts)
        speaker = said[0][0]
        yield Turn(speaker.name, speaker.role, " ".join(text for _, text in said))


def _spoken(lines: Sequence[Line], attribution: Attribution) -> Iterator[tuple[Speaker, str]]:
    speaker: Speaker | None = None
    for line in lines:
        if line.label and is_nobody(line.label):
            speaker = speaker if is_pause(line.label) else None
            continue
        speaker = attribution.speakers[line.label] if line.label else speaker
        if speaker is not None:
            yield speaker, line.said


def warnings(turns: Sequence[Turn], attribution: Attribution, people: People) -> tuple[str, ...]:
    """Return what a person should know about these turns, one sentence each."""
    return tuple(
        sentence
        for sentence in (
            _unknown_speakers(attribution),
            _silent_guests(attribution, people),
            _host_share(turns, people),
            _cut_off(turns),
            _doubled(turns),
            _stray_names(turns, attribution),
        )
        if sentence
    )


def _unknown_speakers(attribution: Attribution) -> str:
    names = sorted({who.name for who in attribution.speakers.values() if not who.expected})
    return f"unknown speakers: {', '.join(names)}" if names else ""


def _silent_guests(attribution: Attribution, people: People) -> str:
    heard = {name_key(who.name)[-1:] for who in attribution.speakers.values()}
    silent = [guest for guest in people.guests if name_key(guest)[-1:] not in heard]
    return f"named in the title but never speaking: {', '.join(silent)}" if silent else ""


def _host_share(turns: Sequence[Turn], people: People) -> str:
    words, by_name = Counter[str](), Counter[str]()
    for turn in turns:
        spoken = word_count(turn.text)
        words[turn.role] += spoken
        by_name[turn.speaker] += spoken
    share = words["host"] / (words.total() or 1)
    if not words["host"]:
        most = ", ".join(name for name, _ in by_name.most_common(3))
        return f"the host, {people.host.name}, never speaks; who speaks most: {most}"
    if share > HOST_SHARE_LIMIT:
        return f"the host speaks {share:.0%} of the words"
    return ""


def _cut_off(turns: Sequence[Turn]) -> str:
    if any("[more to come" in turn.text for turn in turns):
        return "the transcript may be cut off: it says [more to come]"
    end = turns[-1].text[-40:] if turns else ""
    if turns and not _SENTENCE_END.search(end):
        return f"the transcript may be cut off: it ends in {end!r}"
    return ""


def _doubled(turns: Sequence[Turn]) -> str:
    """Long turns that stand twice word for word, as where a page repeats a block."""
    times = Counter(turn.text for turn in turns if word_count(turn.text) >= DOUBLED_WORDS)
    doubled = sum(count > 1 for count in times.values())
    return f"turns that stand twice, word for word: {doubled}" if doubled else ""


def _stray_names(turns: Sequence[Turn], attribution: Attribution) -> str:
    """Names before a colon that stayed inside a turn, which may be labels nobody expected."""
    speaking = {
        name_key(name) for who in attribution.speakers.values() for name in who.name.split()
    }
    stray = Counter(
        name
        for turn in turns
        if ":" in turn.text
        for name in _NAME_AND_COLON.findall(turn.text)
        if form_of(name) == "name" and name_key(name) not in speaking
    )
    likely = [name for name, times in stray.items() if times > 1 or " " in name]
    return (
        f"inside turns stand what may be speakers' labels: {', '.join(likely[:STRAY_NAMES_TOLD])}"
        if likely
        else ""
    )
