import io
import json
import zipfile

import pytest

from infra.local.cloud.errors import PackagingFailed
from infra.local.cloud.package import package

TEMPLATE = """
Globals: {Function: {CodeUri: .}}
Resources:
  One: {Type: AWS::Serverless::Function, Properties: {CodeUri: ., Role: !GetAtt Role.Arn}}
  Two: {Type: AWS::Serverless::Function, Properties: {Handler: functions.two.handler}}
  Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: .}}
  Machine: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: machine.asl.yaml}}
  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested.yaml}}
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: snippet.yaml}}
"""


@pytest.fixture
def root(tmp_path):
    for name, text in {
        "template.yaml": TEMPLATE,
        "machine.asl.yaml": "StartAt: A",
        "nested.yaml": "Resources: {Bucket: {Type: AWS::S3::Bucket}}",
        "snippet.yaml": "Topic: {Type: AWS::SNS::Topic}",
        "functions/two/handler.py": "print(2)",
        "functions/two/__pycache__/handler.pyc": "compiled",
        "shared/rules.py": "RULE = 1",
        "tests/test_rules.py": "assert False",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def packaging(root):
    return package(root / "template.yaml", "bucket", ("functions", "shared"))


@pytest.fixture
def packaged(root):
    return packaging(root)


@pytest.fixture
def resources(packaged):
    return json.loads(packaged.template)["Resources"]


def stored(packaged, address):
    prefix = "s3://bucket/" if address.startswith("s3:") else "https://s3.amazonaws.com/bucket/"
    return packaged.objects[address.removeprefix(prefix)]


def names(content):
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_every_function_gets_the_same_zip_of_functions_and_shared(packaged, resources):
    address = resources["One"]["Properties"]["CodeUri"]
    assert json.loads(packaged.template)["Globals"]["Function"]["CodeUri"] == address
    assert names(stored(packaged, address)) == ["functions/two/handler.py", "shared/rules.py"]


def test_a_layer_holds_nothing_to_import(packaged, resources):
    assert names(stored(packaged, resources["Layer"]["Properties"]["ContentUri"])) == ["README"]


def test_files_are_stored_as_they_are(packaged, resources, root):
    machine = resources["Machine"]["Properties"]["DefinitionUri"]
    snippet = resources["Fn::Transform"]["Parameters"]["Location"]
    assert stored(packaged, machine) == (root / "machine.asl.yaml").read_bytes()
    assert stored(packaged, snippet) == (root / "snippet.yaml").read_bytes()


def test_a_nested_template_is_packaged_and_named_by_https(packaged, resources):
    nested = stored(packaged, resources["Nested"]["Properties"]["TemplateURL"])
    assert json.loads(nested) == {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}


def test_short_form_functions_keep_their_meaning(resources):
    assert resources["One"]["Properties"]["Role"] == {"Fn::GetAtt": ["Role", "Arn"]}


def test_the_package_changes_with_the_code_and_only_then(root, packaged):
    (root / "tests" / "test_rules.py").write_text("assert True")
    assert packaging(root).template == packaged.template
    (root / "shared" / "rules.py").write_text("RULE = 2")
    assert packaging(root).template != packaged.template


def test_an_address_in_s3_is_left_alone(root):
    nested = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://a.b/c.yaml}}"
    (root / "template.yaml").write_text(f"Resources: {{Nested: {nested}}}")
    template = json.loads(packaging(root).template)
    assert template["Resources"]["Nested"]["Properties"]["TemplateURL"] == "https://a.b/c.yaml"


@pytest.mark.parametrize(
    ("name", "content"),
    [("template.yaml", "just text"), ("template.yaml", "a: [b"), ("machine.asl.yaml", None)],
    ids=["no mapping", "no YAML", "a missing file"],
)
def test_what_cannot_be_packaged_is_named(root, name, content):
    path = root / name
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(PackagingFailed, match=name):
        packaging(root)
