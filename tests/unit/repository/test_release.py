"""What stands at the root of the repository agrees with itself."""

import re
import tomllib

import yaml

from tests.places import ROOT


def test_the_newest_release_of_the_changelog_is_the_version_of_the_package():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    assert headings[0] == "Unreleased"
    newest = re.fullmatch(r"(\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d", headings[1])
    assert newest
    assert newest[1] == version


def test_continuous_integration_runs_what_a_contributor_runs_on_the_oldest_and_a_newer_python():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    job = workflow["jobs"]["test"]
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pythons = job["strategy"]["matrix"]["python"]
    assert pythons[0] == project["requires-python"].removeprefix(">=")
    assert len(pythons) > 1


def test_files_that_contributors_look_for_are_at_the_root():
    for name in ("CONTRIBUTING.md", "SECURITY.md", "LICENSE", ".editorconfig"):
        assert (ROOT / name).is_file(), name
