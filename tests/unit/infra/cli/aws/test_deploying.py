"""What a person types for a parameter is what CloudFormation is given, through SAM's own reading of it."""

import json
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.cli.aws.deploying import NoParameter, deploy, sam_parameters
from infra.cli.options import StackRef
from tests.cfn import load_template
from tests.places import ROOT

PYTHON = ROOT / ".tools/sam/bin/python"
READ = """
import json, sys
from samcli.cli.types import CfnParameterOverridesType
for line in sys.stdin:
    read = CfnParameterOverridesType().convert((line.strip(),), None, None)
    print(json.dumps(read), flush=True)
"""
TYPED = [
    *(
        "",
        " ",
        "  two  blanks ",
        '"',
        "'",
        '""',
        "''",
        "a,b",
        "a=b",
        "a\\",
        "\\",
        '\\"',
        "\\ b",
        "\\'",
    ),
    *("cron(0 6 1 * ? *)", '{"show": "econtalk", "dry_run": true}', 'it\'s "so"', "a\nb", "a\tb"),
    *(
        "null",
        "~",
        "yes",
        "0123",
        "1e3",
        "2026-12-01",
        "# no comment",
        "- a",
        "a: b",
        "*a",
        "&a",
        "!x",
    ),
    *("ParameterKey=A,ParameterValue=b", "X=y", "file:///etc/hosts", "$HOME", "${Stage}", "é雨🌧"),
]


@pytest.fixture(scope="module")
def sam():
    """SAM's parser, which answers a line for each line."""
    if not PYTHON.is_file():
        pytest.skip("SAM is not installed; `make lint-sam` installs it")
    with subprocess.Popen(
        [PYTHON, "-c", READ], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield lambda line: _asked(process, line)
        process.stdin.close()


def _asked(process, line):
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def test_every_parameter_of_the_template_arrives_as_typed(sam, tmp_path):
    names = list(load_template(ROOT / "template.yaml")["Parameters"])
    for value in TYPED:
        given_to_sam = dict.fromkeys(names, f"{value}")
        assert sam(sam_parameters(given_to_sam, tmp_path / "p.yaml")) == given_to_sam


@given(value=st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))))
def test_whatever_is_typed_arrives(sam, tmp_path_factory, value):
    file = tmp_path_factory.getbasetemp() / "typed" / "p.yaml"
    assert sam(sam_parameters({"One": value}, file)) == {"One": value}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("PolSeconds", "no parameter 'PolSeconds'.*PollSeconds"),
        ("providerbaseurl", "no parameter 'providerbaseurl'"),
        ("Architecture", "say it with --arch"),
        ("Stage", "the end of --stack"),
    ],
)
def test_a_parameter_that_sam_would_leave_out_is_refused(name, said):
    with pytest.raises(NoParameter, match=said):
        deploy(StackRef(stack="econchatr-dev"), {name: "1"}, "x86_64")
