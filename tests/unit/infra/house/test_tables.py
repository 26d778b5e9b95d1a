"""The lake's Glue tables say exactly what the written schemas say."""

import pytest

from shared.lake import keys
from shared.lake.schemas import HIVE_TYPES, PARTITIONED_BY_YEAR, SCHEMAS
from tests.cfn import load_template
from tests.places import ROOT

RESOURCES = load_template(ROOT / "infra" / "data.yaml")["Resources"]
TABLES = {
    resource["Properties"]["TableInput"]["Name"]: resource["Properties"]["TableInput"]
    for resource in RESOURCES.values()
    if resource["Type"] == "AWS::Glue::Table"
}


def place(table):
    return f"s3://${{BucketName}}/lake/{table}/"


def test_every_schema_has_a_glue_table_and_there_is_no_other():
    assert set(TABLES) == set(SCHEMAS)


@pytest.mark.parametrize("table", SCHEMAS)
def test_the_columns_are_those_of_the_schema_in_order_and_type(table):
    columns = [
        (column["Name"], column["Type"]) for column in TABLES[table]["StorageDescriptor"]["Columns"]
    ]
    assert columns == [(field.name, HIVE_TYPES[field.type]) for field in SCHEMAS[table]]


@pytest.mark.parametrize("table", SCHEMAS)
def test_a_table_is_parquet_where_the_lake_writes_it(table):
    storage = TABLES[table]["StorageDescriptor"]
    assert storage["Location"] == {"Fn::Sub": place(table)}
    assert keys.table_file(table, "any").startswith(f"lake/{table}/")
    assert TABLES[table]["Parameters"]["classification"] == "parquet"
    assert storage["SerdeInfo"]["SerializationLibrary"].endswith("ParquetHiveSerDe")
    assert storage["InputFormat"].endswith("MapredParquetInputFormat")


@pytest.mark.parametrize("table", PARTITIONED_BY_YEAR)
def test_the_year_in_the_path_is_projected_so_that_no_partition_is_ever_registered(table):
    (year,) = TABLES[table]["PartitionKeys"]
    assert (year["Name"], year["Type"]) == ("year", "int")
    parameters = TABLES[table]["Parameters"]
    assert parameters["projection.enabled"] == "true"
    assert parameters["projection.year.type"] == "integer"
    assert parameters["projection.year.range"] == "2000,2100"
    assert parameters["storage.location.template"] == {"Fn::Sub": f"{place(table)}year=${{!year}}"}
    assert keys.shard_file(table, "porch.2014-06").startswith(f"lake/{table}/year=2014/")


@pytest.mark.parametrize("table", sorted(set(SCHEMAS) - set(PARTITIONED_BY_YEAR)))
def test_the_other_tables_have_no_partitions(table):
    assert not TABLES[table].get("PartitionKeys")
    assert "projection.enabled" not in TABLES[table]["Parameters"]
