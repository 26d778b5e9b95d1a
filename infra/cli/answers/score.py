"""`econchatr score`: the free measures on answers that came from anywhere."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from infra.cli.answers.answer_file import Arm
from infra.cli.terminal.screen import print_table
from infra.local.folder import objects_in
from infra.machine.runs import RunStore
from shared.corpus import fetcher_for, host_of, parse_feed
from shared.dataset.speech.bags import Speech
from shared.errors import InvalidField
from shared.evaluation import measures, scoring
from shared.evaluation.measures import Answer, Score
from shared.lake import keys
from shared.shows import ShowProfile

Appearance = tuple[int, Sequence[str]]


def scores(
    arms: Mapping[Arm, Sequence[Answer]], show: ShowProfile, feed: str | None, out: Path | None
) -> list[dict[str, Any]]:
    """Return every measure of every arm as rows with `metric`, `arm`, `model`, `value` and `n`.

    A row has `low` and `high`, and a `reason`, where there are any. `feed` and the lake in `out` tell of guests, the
    lake of quotes and of what was copied, too. Raises InvalidField, or what reading the feed raises.
    """
    questions = {answer.question for answers in arms.values() for answer in answers}
    known = scoring.known(
        show, questions, _spoken(out, show), [*_in_feed(feed, show), *_in_lake(out, show)]
    )
    rows = [
        _row(arm, found)
        for arm, answers in arms.items()
        for found in (
            *scoring.score(answers, show, known),
            *_quoted(out, show, answers),
            *_leakage(out, show, answers),
        )
    ]
    return rows + _style(out, show, arms)


def _row(arm: Arm, found: Score) -> dict[str, Any]:
    """A row of the contract; the interval and the reason only where there is one."""
    return _contract({"arm": arm[0], "model": arm[1], **asdict(found)})


def _contract(row: Mapping[str, Any]) -> dict[str, Any]:
    more = {name: row[name] for name in ("low", "high", "reason") if row[name] is not None}
    return {name: row[name] for name in ("metric", "arm", "model", "value", "n")} | more


def print_scores(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the measures as a table, and why some have no number."""
    print_table(
        ("arm", "model", "metric", "value", "95 % interval", "n"),
        [
            (
                *(row["arm"] or "-", row["model"] or "-", row["metric"], f"{row['value']:.3f}"),
                f"{row['low']:.3f} to {row['high']:.3f}" if "low" in row else "",
                row["n"],
            )
            for row in rows
            if row["value"] is not None
        ],
    )
    reasons: dict[str, dict[str, None]] = {}
    for row in rows:
        if row["value"] is None:
            reasons.setdefault(row["reason"], {})[row["metric"]] = None
        elif "reason" in row:
            print(f"About {row['metric']}: {row['reason']}.")
    for reason, metrics in reasons.items():
        print(f"No number for {', '.join(metrics)}: {reason}.")


def _in_feed(file_or_url: str | None, show: ShowProfile) -> list[Appearance]:
    """Year and guests of every episode in the feed; raises what reading it raises."""
    if file_or_url is None:
        return []
    items = parse_feed(_feed(file_or_url, show), file_or_url, host_of(show)).items
    nobody = scoring.no_guests(show)
    return [
        (
            item.published.year,
            item.guests or measures.guests_described(item.description, show.host.name, nobody),
        )
        for item in items
    ]


def _feed(file_or_url: str, show: ShowProfile) -> bytes:
    if "://" in file_or_url:
        return fetcher_for(show, reach_private=True).get(file_or_url).body
    try:
        return Path(file_or_url).read_bytes()
    except OSError as error:
        raise InvalidField(
            f"--feed {file_or_url!r} cannot be read ({error.strerror}); name a file or a URL"
        ) from error


def _in_lake(out: Path | None, show: ShowProfile) -> list[Appearance]:
    columns = ("guests", "published")
    return [
        (row["published"].year, row["guests"] or ())
        for row in _table(out, "episodes", show, columns)
    ]


def _spoken(out: Path | None, show: ShowProfile) -> Iterator[str]:
    for row in _table(out, "turns", show, ("role", "text")):
        if row["role"] == "host":
            yield row["text"]


def _quoted(out: Path | None, show: ShowProfile, answers: Sequence[Answer]) -> list[Score]:
    """What the answers quote at length, held against all that anybody said on the show, where a lake is."""
    if out is None:
        return []
    quoted = [one for answer in answers for one in measures.quotations(answer)]
    spoken = measures.everything_said(lambda table, names: _table(out, table, show, names))
    return measures.unsaid_quotes(answers, measures.said_of(quoted, spoken))


def _leakage(out: Path | None, show: ShowProfile, answers: Sequence[Answer]) -> list[Score]:
    """What the answers share with the pairs that may train, where a run left any."""
    if out is None:
        return []
    pairs = _table(out, "pairs", show, ("completion", "split"))
    training = [row["completion"] for row in pairs if row["split"] == "train"]
    texts = [answer.text for answer in answers if measures.words(answer.text)]
    return measures.leakage(measures.longest_shared_spans(texts, training) if training else ())


def _style(
    out: Path | None, show: ShowProfile, arms: Mapping[Arm, Sequence[Answer]]
) -> list[dict[str, Any]]:
    """How near to the host's style the arms come, by the speech that the newest run in `out` kept."""
    if out is None:
        return []
    # It loads scikit-learn, which takes a second.
    from shared.style import measuring

    speech = _speech(out, show)
    answers = {arm: [answer.text for answer in said] for arm, said in arms.items()}
    found = measuring.style(speech, answers)
    return [_contract(row) for row in found]


def _speech(out: Path, show: ShowProfile) -> Speech | None:
    """What the host and others said, as the newest run of the show kept it."""
    store = RunStore(objects_in(out))
    run = store.newest(lambda run: run.show == show.name and run.left(keys.speech(run.run_id)))
    return None if run is None else Speech.from_document(run.json(keys.speech(run.run_id)))


def _table(
    out: Path | None, table: str, show: ShowProfile, columns: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Rows of the show in the lake that a run left in `out`; raises InvalidField where there is none."""
    if out is None:
        return
    if not (out / "lake").is_dir():
        raise InvalidField(
            f"--out {str(out)!r} holds no lake; name the folder of a run, or leave it out"
        )
    yield from RunStore(objects_in(out)).show_rows(table, show.name, columns)
