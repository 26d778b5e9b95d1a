"""Values and types as Athena spells them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from infra.local.athena import results


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (Decimal("1E-12"), "0.000000000001"),
        (Decimal("1E+3"), "1000"),
        (date(2014, 3, 1), "2014-03-01"),
        (datetime(2014, 3, 1, 10), "2014-03-01 10:00:00.000"),  # noqa: DTZ001 - Athena's timestamp
        (datetime(2014, 3, 1, 10, tzinfo=UTC), "2014-03-01 10:00:00.000 UTC"),
        (["a", None, Decimal("1E-7")], "[a, null, 0.0000001]"),
        ({"a": 1, "b": [True]}, "{a=1, b=[true]}"),
        (b"\x01\xff", "01 ff"),
        ("a, b", "a, b"),
        (7, "7"),
    ],
)
def test_values_are_spelled_as_athena_spells_them(value, text):
    assert results.text(value) == text


@pytest.mark.parametrize(
    ("duckdb", "athena"),
    [
        ("INTEGER", "integer"),
        ("HUGEINT", "bigint"),
        ("DECIMAL(24,12)", "decimal"),
        ("VARCHAR[]", "array"),
        ("STRUCT(a INTEGER, b VARCHAR[])", "row"),
        ("MAP(VARCHAR, INTEGER)", "map"),
        ("TIMESTAMP WITH TIME ZONE", "timestamp with time zone"),
    ],
)
def test_types_are_named_as_athena_names_them(duckdb, athena):
    assert results.type_name(duckdb) == athena
