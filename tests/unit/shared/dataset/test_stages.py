import json
import re
from datetime import UTC, datetime
from fractions import Fraction
from hashlib import sha256
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from shared import catalogue, tokens
from shared.dataset import episodes, pair_files, stages
from shared.errors import (
    PairsReplaced,
    SpendCeilingReached,
    TooFewPairs,
    TooLittleRead,
    TooManyFailures,
)
from shared.lake import keys
from shared.providers.token_counts import count_line
from shared.shingles import sketch
from tests.sample_run import sample_run
from tests.unit.shared.run.porch import SHOW, resolved

MODELS = catalogue.packaged()
BUYABLE = [model.model for model in MODELS.models if model.tunable]
TRAINED = [f"e{n}" for n in range(40)]
MAY = datetime(2026, 5, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
LONG = {"min_prompt_tokens": 1, "min_completion_tokens": 1, "min_pairs": 10}
WORDS = (
    "porch ",
    "Chesterton fence ",
    "naïve café ",
    "日本語の話 ",
    "🪵🔥 ",
    "<|endoftext|> ",
    "3.14159 ",
)


def show(name="porch", **training):
    return {**SHOW, "name": name, "training": {**LONG, **training}}


def chats(n, about="rain", words=30):
    """`n` exchanges that differ in their words."""
    why, so = "why " * words, "so " * words
    return [(f"Question {at} on {about}? {why}", f"Answer {at}. {so}") for at in range(n)]


def talks(n, about, words=30):
    """`n` exchanges in words of their own."""
    return [
        (" ".join(f"{about}{at}q{word}" for word in range(words)),
         " ".join(f"{about}{at}a{word}" for word in range(words)) + ".")
        for at in range(n)
    ]  # fmt: skip


def put(lake, episodes, published=MAY, name="porch", status="parsed"):
    """Episodes by id with their exchanges, in the one shard of `published`."""
    shard = keys.shard_of(name, published)
    turns = [
        {
            "show": name,
            "episode_id": episode_id,
            "turn": 2 * at + place,
            "role": role,
            "text": text,
            "speaker": role.title(),
            "n_tokens": tokens.count(text),
        }
        for episode_id, exchanges in episodes.items()
        for at, exchange in enumerate(exchanges)
        for place, (role, text) in enumerate(zip(("guest", "host"), exchange, strict=True))
    ]
    lake.write_rows("turns", keys.shard_file("turns", shard), turns)
    rows = [
        {
            "show": name,
            "episode_id": episode_id,
            "published": published,
            "status": status,
            "sketch": sketch(chain.from_iterable(exchanges)),
        }
        for episode_id, exchanges in episodes.items()
    ]
    lake.write_rows("episodes", keys.shard_file("episodes", shard), rows)


def build(lake, profile=None, run_id="r1", **fields):
    run = resolved(run_id=run_id, show=profile or show(), **fields)
    return stages.build(lake, run)


def training_lines(lake, model="llama-3.3-70b", run_id="r1"):
    return lake.read(keys.training_file(run_id, model)).splitlines(keepends=True)


def trained_episodes(lake):
    return {row["episode_id"] for row in lake.read_rows("selections")}


corpora = st.lists(
    st.tuples(st.integers(1, 80), st.integers(1, 80), st.sampled_from(WORDS)),
    min_size=1,
    max_size=30,
)


@examples(max_examples=40)
@given(
    corpora,
    st.decimals("0.000001", "0.05", places=6),
    st.lists(st.sampled_from(BUYABLE), min_size=1, max_size=3, unique=True),
    st.integers(1, 5),
)
def test_the_training_file_as_it_is_billed_is_within_the_budget(corpus, ceiling, models, n_epochs):
    exchanges = [(f"{at} {word * asked}", word * said) for at, (asked, said, word) in enumerate(corpus)]  # fmt: skip
    with sample_run() as sample:
        put(sample.lake, {TRAINED[0]: exchanges})
        plans = build(
            sample.lake, ceiling_usd=f"{ceiling:f}", models=models, n_epochs=n_epochs, dry_run=True
        )
        committed = Fraction(0)
        for plan in plans:
            model = MODELS.model(plan.model)
            price = model.price("training")
            lines = training_lines(sample.lake, plan.model)
            billed = sum(count_line(line, model) for line in lines) * n_epochs
            cost = Fraction(price.amount) * billed / price.per
            most = cost * (100 + model.margin_percent) / 100
            assert most <= Fraction(plan.reserved_usd) <= Fraction(plan.budget_usd)
            assert plan.selected_tokens * n_epochs == billed
            assert plan.selected_pairs == len(lines)
            committed += Fraction(plan.reserved_usd) + Fraction(plan.evaluation_usd)
        if any(plan.budget_usd for plan in plans):
            assert committed <= Fraction(ceiling)


@examples(max_examples=20)
@given(corpora, st.integers(1, 20_000))
def test_the_training_file_is_never_larger_than_the_provider_takes(corpus, most_bytes):
    model = MODELS.model("llama-3.3-70b")
    limits = model.limits.model_copy(update={"max_file_bytes": most_bytes})
    exchanges = [(f"{at} {word * asked}", word * said) for at, (asked, said, word) in enumerate(corpus)]  # fmt: skip
    with sample_run() as sample:
        put(sample.lake, {TRAINED[0]: exchanges})
        run = resolved(show=show(), dry_run=True).model_copy(
            update={"run_id": "r1", "models": (model.model_copy(update={"limits": limits}),)}
        )
        (limited,) = stages.build(sample.lake, run)
        written = training_lines(sample.lake)
        (free,) = build(sample.lake, run_id="r2", dry_run=True)
        everything = training_lines(sample.lake, run_id="r2")
        rows = list(sample.lake.read_rows("selections", f"r2.{model.model}"))
    assert sum(map(len, written)) <= most_bytes
    assert set(written) <= set(everything)
    assert (limited.selected_pairs, free.selected_pairs) == (len(written), len(everything))
    if len(written) < len(everything):
        rows = sorted(rows, key=lambda row: row["position"])
        line_of = dict(zip(sorted(row["pair_id"] for row in rows), everything, strict=True))
        chosen = [line_of[row["pair_id"]] for row in rows]
        assert sum(map(len, chosen[: len(written) + 1])) > most_bytes


def test_plans_are_consistent_with_the_catalogues_prices(lake):
    put(lake, {TRAINED[0]: chats(30)})
    (plan,) = build(lake, n_epochs=3)
    price = MODELS.model("llama-3.3-70b").price("training")
    assert plan.usable_usd_per_epoch == price.of_tokens(plan.usable_tokens)
    assert plan.usable_usd == price.of_tokens(3 * plan.usable_tokens)
    assert plan.estimated_usd == price.of_tokens(3 * plan.selected_tokens)
    assert plan.estimated_usd < plan.reserved_usd
    assert plan.fits
    assert (plan.usable_pairs, plan.usable_tokens) == (plan.selected_pairs, plan.selected_tokens)
    assert plan.selected_share == plan.budget_share == 1.0
    (row,) = lake.read_rows("plans")
    assert row == {"run_id": "r1", "show": "porch", **plan.row()}
    assert lake.read_json(keys.plan("r1")) == json.loads(json.dumps([plan.row()], default=str))


def test_a_budget_that_buys_all_buys_all_and_the_file_has_the_planned_name(lake):
    put(lake, {TRAINED[0]: chats(30)})
    (plan,) = build(lake)
    assert (plan.usable_pairs, plan.selected_pairs) == (30, 30)
    assert plan.training_sha256 == sha256(lake.read(keys.training_file("r1", plan.model))).hexdigest()  # fmt: skip
    assert lake.read_json(keys.dataset("r1"))["pairs"] == 30


def test_patterns_of_the_profile_that_match_nothing_are_noted(lake):
    put(lake, {TRAINED[0]: chats(30)})
    profile = {**show(must_have=["rain", "prairie"]), "never": ["question 7", "promo code"]}
    build(lake, profile)
    assert lake.read_json(keys.dataset("r1"))["in_vain"] == [
        "`must_have: prairie`",
        "`never: promo code`",
    ]


def test_without_a_single_pair_no_pattern_is_blamed(lake):
    put(lake, {TRAINED[0]: []})
    with pytest.raises(TooFewPairs):
        build(lake, {**show(must_have=["prairie"]), "never": ["promo code"]})
    assert lake.read_json(keys.dataset("r1"))["in_vain"] == []


def test_the_same_corpus_makes_the_same_file_in_every_run(lake):
    put(lake, {TRAINED[0]: chats(30)})
    (first,) = build(lake)
    (second,) = build(lake, run_id="r2")
    assert second == first


def test_a_small_budget_buys_must_have_pairs_first(lake):
    put(lake, {TRAINED[0]: chats(40, "rain"), TRAINED[1]: chats(4, "the prairie")})
    profile = show(must_have=["prairie"])
    (plan,) = build(lake, profile, max_cost_per_model_usd="0.03")
    assert 4 < plan.selected_pairs < 44
    rows = sorted(lake.read_rows("selections"), key=lambda row: row["position"])
    assert [row["must_have"] for row in rows] == [True] * 4 + [False] * (plan.selected_pairs - 4)
    assert sum(b"prairie" in line for line in training_lines(lake)) == 4


def test_the_same_pairs_are_the_same_training_in_whatever_order_they_were_chosen(lake):
    put(lake, {TRAINED[0]: chats(20, "rain"), TRAINED[1]: chats(4, "the prairie")})
    (before,) = build(lake)
    (after,) = build(lake, show(must_have=["prairie"]), run_id="r2")
    chosen = [
        [row["pair_id"] for row in sorted(rows, key=lambda row: row["position"])]
        for rows in (lake.read_rows("selections", run_id) for run_id in ("r1", "r2"))
    ]
    assert chosen[0] != chosen[1]
    assert sorted(chosen[0]) == sorted(chosen[1])
    assert before.training_sha256 == after.training_sha256
    assert training_lines(lake) == training_lines(lake, run_id="r2")


def test_the_selection_says_what_each_line_is_billed(lake):
    put(lake, {TRAINED[0]: chats(20)})
    build(lake, models=["gpt-4.1-mini"])
    rows = sorted(lake.read_rows("selections"), key=lambda row: row["position"])
    lines = training_lines(lake, "gpt-4.1-mini")
    model = MODELS.model("gpt-4.1-mini")
    assert sorted(row["n_tokens"] for row in rows) == sorted(
        count_line(line, model) for line in lines
    )


def test_a_held_out_episode_never_trains_but_is_counted_in_the_corpus(lake):
    put(lake, {name: talks(20, name) for name in TRAINED[:4]})
    put(lake, {"latest": talks(20, "fences")}, JUNE)
    build(lake)
    assert trained_episodes(lake) == set(TRAINED[:4])
    counted = {row["scope"]: row["n"] for row in lake.read_rows("token_stats")}
    assert counted == {"all pairs": 100, "usable for training": 80}


def test_the_same_episodes_are_held_out_by_every_run_wherever_their_pages_are(lake):
    put(lake, {name: talks(20, name) for name in TRAINED[:4]})
    put(lake, {"latest": talks(20, "fences")}, JUNE)
    build(lake)
    put(lake, {f"moved-{name}": talks(20, name) for name in TRAINED[:4]})
    put(lake, {"moved": talks(20, "fences")}, datetime(2026, 1, 1, tzinfo=UTC))
    put(lake, {}, JUNE)
    put(lake, {"new": talks(20, "snow")}, datetime(2026, 4, 1, tzinfo=UTC))
    build(lake, run_id="r2")
    selected = {row["episode_id"] for row in lake.read_rows("selections", "r2")}
    assert selected == {*(f"moved-{name}" for name in TRAINED[:4]), "new"}


def test_what_recurs_and_what_the_show_never_wants_is_in_no_training_file(lake):
    sponsor = "This show is brought to you by the Porch Fund, which lends money for porches."
    put(
        lake,
        {
            name: [(asked, f"{said} {sponsor} Use code PORCH.") for asked, said in talks(20, name)]
            for name in TRAINED[:4]
        },
    )
    build(lake, {**show(), "never": ["use code"]})
    lines = b"".join(training_lines(lake))
    assert lines
    assert b"Porch Fund" not in lines
    assert b"Use code" not in lines


def test_episodes_before_since_do_not_train(lake):
    put(lake, {TRAINED[0]: chats(20)}, datetime(2026, 4, 30, tzinfo=UTC))
    put(lake, {TRAINED[1]: chats(20, "fences")}, MAY)
    build(lake, since="2026-05-01")
    assert trained_episodes(lake) == {TRAINED[1]}


def test_another_shows_pairs_do_not_train(lake):
    put(lake, {TRAINED[0]: chats(20)})
    put(lake, {TRAINED[1]: chats(20, "fences")}, name="porch-two")
    build(lake, show("porch-two"))
    assert trained_episodes(lake) == {TRAINED[1]}


def test_an_exchange_that_stands_twice_in_an_episode_trains_once(lake):
    put(lake, {TRAINED[0]: [*chats(20), *chats(5)]})
    (plan,) = build(lake)
    assert plan.usable_pairs == 20
    assert len(set(training_lines(lake))) == 20


def test_pairs_are_made_again_only_where_turns_or_rules_changed(lake):
    june = datetime(2026, 6, 1, tzinfo=UTC)
    put(lake, {TRAINED[0]: chats(20)}, MAY)
    put(lake, {TRAINED[1]: chats(20, "fences")}, june)
    build(lake)
    may_before, june_before = lake.keys("lake/pairs/")
    build(lake, run_id="r2")
    assert lake.keys("lake/pairs/") == [may_before, june_before]
    put(lake, {TRAINED[1]: chats(21, "fences")}, june)
    build(lake, run_id="r3")
    may_after, june_after = lake.keys("lake/pairs/")
    assert may_after == may_before
    assert june_after != june_before
    build(lake, show(must_have=["fence"]), run_id="r4")
    assert set(lake.keys("lake/pairs/")).isdisjoint([may_after, june_after])
    assert len(lake.keys("lake/pairs/")) == 2


def test_unchanged_pairs_are_not_written_again(lake, monkeypatch):
    put(lake, {TRAINED[0]: chats(20)})
    build(lake)
    written = []
    monkeypatch.setattr(type(lake), "write", lambda self, key, *rest: written.append(key))
    pair_files.refresh(lake, resolved(show=show()).show, episodes.read(lake, "porch"))
    assert written == []


def test_stale_pairs_are_deleted_and_another_shows_are_left_alone(lake):
    put(lake, {TRAINED[1]: chats(20, "fences")}, name="porch-two")
    build(lake, show("porch-two"))
    others = lake.keys("lake/pairs/")
    put(lake, {TRAINED[0]: chats(20)})
    build(lake, run_id="r2")
    own = set(lake.keys("lake/pairs/")) - set(others)
    lake.delete([keys.shard_file("turns", keys.shard_of("porch", MAY))])
    with pytest.raises(TooFewPairs):
        build(lake, run_id="r3", dry_run=True)
    assert len(own) == 1
    assert lake.keys("lake/pairs/") == others


def test_turns_that_change_their_order_in_the_file_keep_their_order_in_the_talk(lake):
    put(lake, {TRAINED[0]: chats(12)})
    key = keys.shard_file("turns", keys.shard_of("porch", MAY))
    lake.write_rows("turns", key, lake.read_file(key)[::-1])
    (plan,) = build(lake)
    assert plan.usable_pairs == 12


def test_too_many_failed_episodes_stop_the_run_with_both_counts(lake):
    put(lake, {TRAINED[0]: chats(20)})
    failed = {f"f{n}": [] for n in range(3)}
    put(lake, failed, datetime(2026, 6, 1, tzinfo=UTC), status="failed")
    with pytest.raises(TooManyFailures, match="3 of 4 episodes failed"):
        build(lake, {**show(), "max_failed_share": 0.7})
    build(lake, {**show(), "max_failed_share": 0.75, "max_unread_share": 0.75})


@pytest.mark.parametrize("status", ["refused", "failed"])
def test_a_show_of_which_little_can_be_read_buys_nothing_and_says_how_to_go_on(lake, status):
    profile = {**show(), "max_failed_share": 1}
    put(lake, {TRAINED[0]: chats(20)})
    put(lake, {f"f{n}": [] for n in range(6)}, datetime(2026, 6, 1, tzinfo=UTC), status=status)
    build(lake, profile, dry_run=True)
    with pytest.raises(
        TooLittleRead, match=f"only 1 of 7 .*6 {status}.*nothing was bought"
    ) as stop:
        build(lake, profile, run_id="r2")
    share = float(re.search(r"max_unread_share: ([0-9.]+)", str(stop.value))[1])
    build(lake, {**profile, "max_unread_share": share}, run_id="r3")


def test_refused_episodes_are_no_failures(lake):
    put(lake, {TRAINED[0]: chats(20)})
    refused = {f"f{n}": [] for n in range(9)}
    put(lake, refused, datetime(2026, 6, 1, tzinfo=UTC), status="refused")
    assert build(lake, {**show(), "max_unread_share": 0.9})


def test_fewer_pairs_than_the_provider_accepts_are_refused_after_the_plan_is_written(lake):
    put(lake, {TRAINED[0]: chats(9)})
    with pytest.raises(TooFewPairs, match=r"9 usable training pairs .* at least 10"):
        build(lake)
    assert lake.read_json(keys.plan("r1"))[0]["fits"] is False


def test_ten_pairs_are_enough_where_there_are_no_more(lake):
    put(lake, {TRAINED[0]: chats(10)})
    (plan,) = build(lake, {**show(), "training": {**LONG, "min_pairs": 50}})
    assert plan.fits


def test_a_ceiling_too_low_is_refused_with_both_numbers_after_the_plan_is_written(lake):
    put(lake, {TRAINED[0]: chats(40)})
    with pytest.raises(SpendCeilingReached, match=r"up to 0\.0\d{5} USD .* ceiling of 0\.003"):
        build(lake, ceiling_usd="0.003")
    assert lake.read_json(keys.plan("r1"))[0]["fits"] is False


def test_a_limit_for_each_model_that_is_too_low_is_named(lake):
    put(lake, {TRAINED[0]: chats(40)})
    with pytest.raises(SpendCeilingReached, match=r"at most 0\.000100 USD a model"):
        build(lake, max_cost_per_model_usd="0.0001")


def test_models_that_could_each_be_afforded_alone_are_told_that_they_share(lake):
    put(lake, {TRAINED[0]: chats(40)})
    models = ["llama-3.3-70b", "gpt-4.1-mini"]
    with pytest.raises(SpendCeilingReached, match="shared by 2 models"):
        build(lake, ceiling_usd="0.013", models=models)


def test_one_model_that_fits_is_enough(lake):
    put(lake, {TRAINED[0]: chats(40)})
    plans = build(lake, models=["llama-3.1-8b", "gpt-4.1"], max_cost_per_model_usd="0.02")
    assert {plan.model: plan.fits for plan in plans} == {"llama-3.1-8b": True, "gpt-4.1": False}


@pytest.mark.parametrize(("pairs", "ceiling"), [(9, "5.00"), (40, "0.000001")])
def test_a_dry_run_tells_that_nothing_fits_and_raises_nothing(lake, pairs, ceiling):
    put(lake, {TRAINED[0]: chats(pairs)})
    (plan,) = build(lake, dry_run=True, ceiling_usd=ceiling)
    assert not plan.fits


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_run_without_a_single_usable_pair_is_no_success_and_its_plan_is_kept(lake, dry_run):
    put(lake, {TRAINED[0]: chats(0)})
    with pytest.raises(TooFewPairs, match=r"no usable training pair.*what_was_noticed"):
        build(lake, dry_run=dry_run)
    assert lake.read_json(keys.plan("r1"))


def test_pairs_longer_than_the_provider_takes_do_not_train_and_do_not_hold_up_the_rest(lake):
    put(lake, {TRAINED[0]: [*chats(12), *chats(3, "prairies", words=9000)]})
    (plan,) = build(lake, show(max_pair_tokens=20_000, min_pairs=50))
    assert plan.selected_pairs == 12
    assert plan.fits


def test_a_run_with_other_patterns_that_is_half_done_is_not_mixed_in(lake):
    put(lake, {TRAINED[0]: chats(30)})
    (before,) = build(lake, show(must_have=["rain"]))
    (key,) = lake.keys("lake/pairs/")
    other = key.replace(".parquet", ".of-another-run.parquet")
    listed = lake.keys
    lake.write(other, lake.read(key))
    # The other run's file appears after this run has tidied up.
    lake.keys = lambda prefix: [found for found in listed(prefix) if found != other]
    (after,) = build(lake, show(must_have=["rain"]), "r2")
    assert after.training_sha256 == before.training_sha256
    assert after.usable_pairs == before.usable_pairs == 30


def test_pairs_that_another_run_replaced_end_the_try_instead_of_training_on_what_is_left(
    lake, monkeypatch
):
    put(lake, {TRAINED[0]: chats(30)})
    put(lake, {TRAINED[1]: chats(30, "snow")}, datetime(2026, 6, 1, tzinfo=UTC))
    candidates_of = stages.candidates_of

    def overtaken(*arguments):
        found = candidates_of(*arguments)
        other = resolved(show=show(must_have=["snow"])).show
        pair_files.refresh(lake, other, episodes.read(lake, "porch"))
        return found

    monkeypatch.setattr(stages, "candidates_of", overtaken)
    with pytest.raises(PairsReplaced, match="other `must_have` patterns"):
        build(lake)
    monkeypatch.undo()
    assert build(lake)[0].selected_pairs == 60


def prompts_of(lake, model):
    return {json.loads(line)["messages"][0]["content"] for line in training_lines(lake, model)}


TWO = ["gpt-4.1", "llama-3.1-8b"]


def test_a_model_that_needs_less_leaves_the_rest_to_a_dearer_one():
    with sample_run() as sample:
        put(sample.lake, {episode_id: talks(20, episode_id) for episode_id in TRAINED})
        (alone,) = build(sample.lake, run_id="half", ceiling_usd="1.50", models=[TWO[0]])
        dear, cheap = build(sample.lake, ceiling_usd="3.00", models=TWO)
        assert cheap.selected_pairs == cheap.usable_pairs
        assert dear.selected_pairs < dear.usable_pairs
        assert dear.selected_pairs > alone.selected_pairs
        assert dear.reserved_usd + cheap.reserved_usd > 2


def test_with_same_pairs_all_models_learn_from_what_the_dearest_can_afford():
    with sample_run() as sample:
        put(sample.lake, {episode_id: talks(20, episode_id) for episode_id in TRAINED})
        dear, cheap = build(sample.lake, ceiling_usd="3.00", models=TWO, same_pairs=True)
        assert 0 < dear.selected_pairs == cheap.selected_pairs < cheap.usable_pairs
        assert prompts_of(sample.lake, TWO[0]) == prompts_of(sample.lake, TWO[1])
        own, _ = build(sample.lake, run_id="r2", ceiling_usd="3.00", models=TWO)
        assert own.selected_pairs == dear.selected_pairs


def validation(lake, model="gpt-4.1-mini", run_id="r1"):
    return (lake.read(keys.validation_file(run_id, model)) or b"").splitlines(keepends=True)


def test_a_model_is_validated_on_held_out_pairs_where_its_provider_takes_them(lake):
    put(lake, {name: talks(20, name) for name in TRAINED[:4]})
    put(lake, {"latest": [*talks(20, "fences"), talks(20, TRAINED[0])[0]]}, JUNE)
    build(lake, models=["gpt-4.1-mini", "llama-3.1-8b"])
    assert len(validation(lake)) == 20
    assert not set(validation(lake)) & set(training_lines(lake, "gpt-4.1-mini"))
    assert validation(lake, "llama-3.1-8b") == []


def talking_on(lake, model, tokens):
    """The examples of a build in which what was said before may go along."""
    put(lake, {name: talks(12, name) for name in TRAINED[:4]})
    profile = show()
    profile["training"] = {**profile["training"], "context_tokens": tokens}
    plans = build(lake, profile, models=[model])
    examples = [json.loads(line)["messages"] for line in training_lines(lake, model)]
    return plans[0], examples


def test_what_was_said_before_goes_along_as_far_as_it_fits_and_is_paid_for(lake):
    plan, examples = talking_on(lake, "llama-3.3-70b", 900)
    assert max(map(len, examples)) > 2
    for messages in examples:
        roles = [message["role"] for message in messages]
        assert roles == ["user", "assistant"] * (len(messages) // 2)
        assert all("weight" not in message for message in messages)
    model = MODELS.model("llama-3.3-70b")
    billed = sum(count_line(line, model) for line in training_lines(lake, model.model))
    assert plan.selected_tokens == billed


def test_the_hosts_earlier_words_are_not_learnt_where_a_provider_can_be_told(lake):
    _, examples = talking_on(lake, "gpt-4.1-mini", 900)
    assert max(map(len, examples)) > 2
    for messages in examples:
        told = [one.get("weight") for one in messages if one["role"] == "assistant"]
        assert told == [*[0] * (len(told) - 1), None]


def test_without_room_for_it_a_training_file_is_what_it_was(lake):
    _, examples = talking_on(lake, "gpt-4.1-mini", 0)
    assert {len(messages) for messages in examples} == {2}
