"""The engine of real weights where it has nothing to train with, and what it makes of a training file."""

import json
from pathlib import Path

import pytest

from infra.local.provider.examples import learnt_chats, read_training_data
from infra.local.provider.store import Store
from infra.local.provider.training.engine import EngineUnusable, TuningEngine
from infra.local.provider.training.jobs import Limits


def test_without_what_it_trains_with_it_says_the_one_command(tmp_path: Path) -> None:
    absent = tmp_path / "python"
    with pytest.raises(EngineUnusable, match="run `make tuner`"):
        TuningEngine(Store(tmp_path / "state"), tmp_path, absent, {}, Limits(60, 1))


def chats(*lines: object) -> list[list[dict[str, str]]]:
    content = "\n".join(json.dumps(line) for line in lines).encode()
    return learnt_chats(read_training_data(content))


def said(role: str, content: object, **more: object) -> dict[str, object]:
    return {"role": role, "content": content, **more}


def test_each_of_the_assistants_turns_is_learnt_with_what_came_before() -> None:
    told = [said("user", "a"), said("assistant", "b"), said("user", "c"), said("assistant", "d")]
    assert [[m["content"] for m in chat] for chat in chats({"messages": told})] == [
        ["a", "b"],
        ["a", "b", "c", "d"],
    ]


def test_a_turn_of_weight_0_is_read_and_not_learnt() -> None:
    told = [said("user", "a"), said("assistant", "b", weight=0), said("assistant", "c")]
    assert chats({"messages": told}) == [
        [said("user", "a"), said("assistant", "b"), said("assistant", "c")]
    ]


def test_parts_of_a_text_are_joined_and_the_classic_format_is_a_chat() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    told = {"messages": [said("user", parts), said("assistant", "c")]}
    classic = {"prompt": "ab", "completion": "c"}
    assert chats(told) == chats(classic)
