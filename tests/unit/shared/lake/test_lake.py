import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypedDict

import pyarrow as pa
import pytest
from botocore.exceptions import ClientError

from shared.errors import FileContended
from shared.lake import from_json
from shared.lake.rows import SpendRow
from shared.lake.tables import Lake, as_kept

SPENT = {
    "run_id": "r1",
    "entry_id": "e1",
    "settled_usd": Decimal("0.485576000001"),
    "created_at": datetime(2026, 11, 23, 9, tzinfo=UTC),
}


def test_rows_come_back_with_exact_money_and_aware_times(lake):
    lake.write_rows("spend", "lake/spend/r1.parquet", [SPENT])
    (row,) = lake.read_rows("spend")
    assert {name: row[name] for name in SPENT} == SPENT
    assert row["detail"] is None


def test_a_file_without_rows_keeps_its_columns(lake):
    lake.write_rows("spend", "lake/spend/r1.parquet", [])
    assert lake.read_file("lake/spend/r1.parquet", ("run_id",)) == []


def test_money_finer_than_a_pico_dollar_is_refused_instead_of_rounded(lake):
    with pytest.raises(pa.ArrowInvalid):
        lake.write_rows("spend", "key", [{**SPENT, "settled_usd": Decimal("1E-13")}])


def test_only_the_columns_asked_for_are_read(lake):
    lake.write_rows("spend", "lake/spend/r1.parquet", [SPENT])
    assert lake.read_file("lake/spend/r1.parquet", ("entry_id",)) == [{"entry_id": "e1"}]


def test_a_folder_named_after_a_partition_adds_no_column(lake):
    lake.write_rows("turns", "lake/turns/year=2026/porch.2026-11.parquet", [{"show": "porch"}])
    assert "year" not in next(lake.read_rows("turns", "year=2026/"))


def test_what_is_not_there_is_nothing_and_may_be_deleted(lake):
    assert lake.read("nosuch") is None
    assert lake.read_json("nosuch") is None
    assert lake.read_file("nosuch") == []
    lake.delete(["nosuch"])


def test_a_bucket_that_cannot_be_read_is_not_an_empty_one(lake):
    with pytest.raises(ClientError, match="NoSuchBucket"):
        Lake(lake._s3, "another-bucket").read("key")


def test_every_key_is_listed_beyond_the_thousand_of_one_answer(lake):
    written = [f"many/{number:04}" for number in range(1001)]
    for key in written:
        lake.write(key, b"")
    lake.write("other", b"")
    assert lake.keys("many/") == written


def test_an_entity_tag_changes_exactly_when_the_bytes_do(lake):
    lake.write("key", b"one")
    first = lake.etags("key")
    lake.write("key", b"one")
    assert lake.etags("key") == first
    lake.write("key", b"two")
    assert lake.etags("key") != first


def test_a_row_kept_as_json_is_read_back_in_the_tables_types(lake):
    lake.write_json("kept", {**SPENT, "unknown": 1})
    row = from_json(SpendRow, lake.read_json("kept"))
    assert {name: row[name] for name in SPENT} == SPENT
    assert "unknown" not in row
    lake.write_rows("spend", "lake/spend/r1.parquet", [row])


class Amount(TypedDict):
    """Two columns of `spend`."""

    entry_id: str
    settled_usd: Decimal | None


class OtherAmount(TypedDict):
    """A column of another type than the table's."""

    settled_usd: float


def test_rows_are_read_in_the_columns_of_their_type_and_no_other_is_asked_for(lake):
    lake.write_rows("spend", KEY, [SPENT])
    amount = {"entry_id": "e1", "settled_usd": SPENT["settled_usd"]}
    assert lake.read_as(Amount, KEY) == [amount]
    (whole,) = lake.read_as(SpendRow, KEY)
    assert list(whole) == list(SpendRow.__annotations__)
    assert lake.read_as(Amount, "lake/spend/none.parquet") == []


def test_a_type_with_columns_that_the_table_has_not_is_refused(lake):
    with pytest.raises(TypeError, match="OtherAmount has columns that the table spend has not"):
        lake.read_as(OtherAmount, KEY)


def test_rows_as_they_are_kept_are_the_rows_that_are_read_back(lake):
    finer = {**SPENT, "created_at": datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)}
    row = from_json(SpendRow, finer | {"created_at": finer["created_at"].isoformat()})
    lake.write_rows("spend", KEY, [row])
    kept = as_kept(SpendRow, [row])
    assert kept == lake.read_as(SpendRow, KEY)
    assert kept[0]["created_at"].microsecond == 123000
    assert str(kept[0]["settled_usd"]) == str(lake.read_file(KEY)[0]["settled_usd"])


def test_json_is_kept_readable(lake):
    lake.write_json("kept", {"said": "Café"})
    body = lake.read("kept")
    assert "Café".encode() in body
    assert json.loads(body) == {"said": "Café"}


def entry(name):
    return {**SPENT, "entry_id": name}


def names(lake):
    return [row["entry_id"] for row in lake.read_rows("spend")]


KEY = "lake/spend/shard.parquet"


@pytest.mark.parametrize("there_before", [True, False])
def test_a_file_that_another_run_replaced_in_between_is_changed_anew(lake, there_before):
    if there_before:
        lake.write_rows("spend", KEY, [entry("first")])
    overtaken = []

    def with_mine(rows):
        if not overtaken:
            overtaken.append(True)
            lake.rewrite("spend", KEY, lambda before: [*before, entry("theirs")])
        return [*rows, entry("mine")]

    expected = [*(["first"] if there_before else []), "theirs", "mine"]
    assert lake.rewrite("spend", KEY, with_mine) == len(expected)
    assert names(lake) == expected


def test_a_file_that_another_run_deleted_in_between_begins_anew(lake):
    lake.write_rows("spend", KEY, [entry("first")])

    def with_mine(rows):
        lake.delete([KEY])
        return [*rows, entry("mine")]

    lake.rewrite("spend", KEY, with_mine)
    assert names(lake) == ["mine"]


def test_a_file_that_is_replaced_again_and_again_is_given_up_with_a_sentence(lake):
    writers = iter(range(1000))

    def overtaken_always(rows):
        lake.write_rows("spend", KEY, [entry(f"theirs {next(writers)}")])
        return rows

    with pytest.raises(FileContended, match=r"shard\.parquet was replaced by other runs 20 times"):
        lake.rewrite("spend", KEY, overtaken_always)


def test_many_writers_at_once_lose_nothing(lake):
    def add(number):
        lake.rewrite("spend", KEY, lambda rows: [*rows, entry(f"{number:02}")])

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(add, range(12)))
    assert sorted(names(lake)) == [f"{number:02}" for number in range(12)]


def test_an_object_is_opened_as_a_file_that_can_be_read_again(lake):
    body = b"line\n" * 300_000
    lake.write("runs/r1/training/m.jsonl", body)
    with lake.open("runs/r1/training/m.jsonl") as content:
        assert content.read() == body
        content.seek(0)
        assert content.read(5) == b"line\n"
    with lake.open("runs/r1/training/none.jsonl") as content:
        assert content.read() == b""
