"""The blind quiz, played to its end in a real browser, and its file read back."""

import json

import pytest

from infra.cli.main import main
from tests.integration.pages.browser import DESKTOP, PHONE, opened

ITEMS = 4


@pytest.fixture
def quiz(browser, pages):
    def open_it(*size, **options):
        return opened(browser, pages["whole"] / "quiz.html", *size, **options)

    return open_it


def play(page, choice):
    """Answer every item, by the keyboard alone, with the reply of that number."""
    for _ in range(ITEMS):
        page.locator(".item:visible input").nth(choice).focus()
        page.keyboard.press("Space")
        page.focus("#next")
        page.keyboard.press("Enter")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_quiz_is_played_to_its_end_and_its_file_read_back(quiz, size, tmp_path, capsys):
    with quiz(size) as found:
        page = found.page
        assert page.locator(".item:visible").count() == 1
        assert found.overflow() <= 0
        play(page, 1)
        assert found.overflow() <= 0
        assert page.locator(".item:visible").count() == ITEMS  # each with whose it was
        assert page.locator(".whose", has_text="really the host").count() == ITEMS
        right = page.locator(".option.host:has(:checked)").count()
        assert page.inner_text("#score") == f"You found the host in {right} of {ITEMS}"
        with page.expect_download() as download:
            page.click("#download")
        file = tmp_path / "quiz.csv"
        download.value.save_as(file)
    assert main(["quiz", "score", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["right"], found["n"]) == (right, ITEMS)
    assert found["low"] <= found["share"] <= found["high"]
    assert found["chance"] == 0.2
    assert {arm["arm"] for arm in found["arms"]} >= {"host", "tuned"}


def test_nothing_chosen_is_said_and_nothing_is_lost(quiz):
    with quiz() as found:
        found.page.click("#next")
        assert found.page.inner_text("#say") == "Choose one of the replies first."
        assert found.page.inner_text("#place") == f"1 of {ITEMS}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_before_and_after_the_score(quiz, scheme):
    with quiz(color_scheme=scheme) as found:
        assert found.faults() == []
        play(found.page, 0)
        assert found.faults() == []


def test_the_source_does_not_say_at_a_glance_whose_reply_is_whose(pages):
    source = (pages["whole"] / "quiz.html").read_text()
    form = source.split("<fieldset", 1)[1].split("</form>")[0]
    assert "tuned:" not in form
    assert "host" not in form
