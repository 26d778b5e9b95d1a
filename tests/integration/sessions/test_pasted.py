"""What the README and docs/ show to be typed, typed: in a new folder, by a person with transcripts at home.

What needs a network is asked of the embedded parts; what needs an account is in `../remote`.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.demo.site import build_site
from infra.local.provider.process import start
from shared import catalogue
from tests.places import ROOT

FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
EPISODES = 9
SHELL = ("", "sh", "console")
BASH = "/bin/bash"
REAL = re.compile(r"--openai-base-url \S+|--provider nebius")
ELSEWHERE = {
    "git clone": "this is a clone",
    "make ": "what CI does",
    ".venv/bin/econchatr local demo --model smollm2-135m": "needs `make tuner`; tests/tuner",
    "econchatr local demo --model smollm2-135m": "needs `make tuner`; tests/tuner",
    ".venv/bin/econchatr open": "needs a browser and the demo; tests/unit/infra/cli/commands",
    "export PATH": "the test's own environment",
    "econchatr keys set": "needs a desktop's store of secrets; tests/unit/infra/cli/commands",
    "econchatr aws": "tests/integration/remote types these",
    "aws ": "the same by hand",
    ".tools/": "the same by hand",
}
TOLD = {  # of what they print, figures aside
    "init": r"The host seems to be Mara Tolliver.*\nWrote mine\.yaml",
    "plan": r"The plan: what is selected",
    "pairs": r"may train",
    "local": r"A stand-in answered|Spent",
    "ask": r"tuned",
    "models": r"trains for|training/1M",
}
GROUNDS = """
rights: {basis: "invented for a test"}
consent: {scope: "a test", attested_by: "the test", date: 2026-01-01}
"""


def lines_of(page: Path) -> list[str]:
    found = FENCED.findall(page.read_text("utf-8"))
    blocks = "".join(text for language, text in found if language in SHELL).replace("\\\n", " ")
    lines = (line.split("   #")[0].strip() for line in blocks.splitlines())
    return [
        line
        for line in lines
        if re.match(r"(\S*/)?(econchatr|make|git|export|aws|\.tools)\b", line)
    ]


def typed(line: str) -> bool:
    return not any(line.startswith(begin) for begin in ELSEWHERE)


@pytest.fixture(scope="module")
def person(tmp_path_factory):
    """A home with transcripts, an empty folder to work in, and a provider that asks for a key."""
    home = tmp_path_factory.mktemp("home")
    site = tmp_path_factory.mktemp("site")
    build_site(site, "http://127.0.0.1:1")
    transcripts = home / "transcripts"
    transcripts.mkdir()
    for number, page in enumerate(sorted(site.rglob("*/index.html"))[:EPISODES]):
        (transcripts / f"{number:02} {page.parent.name}.html").write_bytes(page.read_bytes())
    prices = home / "prices.yaml"
    prices.write_text(catalogue.dump(catalogue.packaged()), encoding="utf-8")
    folder = tmp_path_factory.mktemp("work")
    with start(prices, home / "provider", job_seconds=1, api_key="k-pasted") as provider:
        yield Person(home, folder, provider.base_url)


class Person:
    def __init__(self, home: Path, folder: Path, provider: str) -> None:
        self.folder = folder
        self.provider = provider
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = {
            **os.environ,
            "HOME": str(home),
            "PATH": path,
            "OPENAI_API_KEY": "k-pasted",
        }

    def types(self, line: str) -> subprocess.CompletedProcess[str]:
        line = REAL.sub(f"--openai-base-url {self.provider} --yes", line)
        return subprocess.run(
            [BASH, "-c", line],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


def test_every_line_of_the_readme_does_what_it_is_shown_for(person):
    for line in filter(typed, lines_of(ROOT / "README.md")):
        ended = person.types(line)
        assert ended.returncode == 0, (line, ended.stdout[-2000:], ended.stderr[-2000:])
        command = next(word for word in shlex.split(line)[1:] if not word.startswith("-"))
        assert re.search(TOLD[command], ended.stdout), (line, ended.stdout)
        if command == "init":  # what a run needs beside, as the profile says
            with (person.folder / "mine.yaml").open("a", encoding="utf-8") as profile:
                profile.write(GROUNDS)


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_every_line_of_a_page_of_docs_does_too(person, page):
    if "--catalogue harbour.yaml" in page.read_text("utf-8"):
        (person.folder / "harbour.yaml").write_text(first_yaml(page), encoding="utf-8")
    for line in filter(typed, lines_of(page)):
        ended = person.types(line)
        assert ended.returncode == 0, (line, ended.stdout[-2000:], ended.stderr[-2000:])


def first_yaml(page: Path) -> str:
    return next(
        text for language, text in FENCED.findall(page.read_text("utf-8")) if language == "yaml"
    )


def test_what_is_left_out_has_a_reason_and_something_is_typed():
    everything = [
        line
        for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
        for line in lines_of(page)
    ]
    assert len([line for line in everything if typed(line)]) >= 8
    for begin in ELSEWHERE:
        assert any(line.startswith(begin) for line in everything), begin


def test_what_needs_an_account_is_typed_against_the_embedded_one():
    shown = {
        line.split()[2]
        for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
        for line in lines_of(page)
        if line.startswith("econchatr aws")
    }
    stack = (ROOT / "tests" / "integration" / "remote" / "test_a_stack.py").read_text("utf-8")

    assert shown <= set(re.findall(r'(?:aws|as_shown)\(\s*"([a-z-]+)', stack))
