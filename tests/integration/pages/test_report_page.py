"""The report in a real browser: on a desk and on a phone, by day and by night, with and without its script."""

import pytest

from tests.integration.pages.browser import DESKTOP, PHONE, opened
from tests.integration.pages.conftest import KINDS


@pytest.fixture
def report(browser, pages):
    """Opens the report of a kind of run."""

    def open_it(kind, *size, **options):
        return opened(browser, pages[kind] / "report.html", *size, **options)

    return open_it


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_no_report_needs_scrolling_sideways_or_asks_the_network(report, kind, size):
    with report(kind, size) as found:
        for details in found.page.locator("details").all():
            details.evaluate("one => { one.open = true }")
        assert found.overflow() <= 0
        assert len(found.requests) == 1


@pytest.mark.parametrize("kind", ["whole", "plan", "failed", "refused"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(report, kind, scheme):
    with report(kind, color_scheme=scheme) as found:
        assert found.faults() == []
    with report(kind, PHONE, color_scheme=scheme) as found:
        assert found.faults() == []


def shown(found):
    return [one.get_attribute("id") for one in found.page.locator("article.question:visible").all()]


def test_the_filter_keeps_what_is_chosen_and_says_how_much_that_is(report):
    with report("whole") as found:
        page = found.page
        assert len(shown(found)) == 7
        page.select_option("#filter-question", "held-out")
        assert shown(found) == [f"question-{n}" for n in (4, 5, 6, 7)]
        assert page.inner_text("#filter-told") == "4 of 7 shown"
        page.select_option("#filter-question", "question-5")
        assert shown(found) == ["question-5"]
        assert page.locator("#question-5 blockquote").first.is_visible()
        page.select_option("#filter-question", "all")
        page.check("#filter-differ")
        differing = shown(found)
        assert "question-2" in differing  # one arm completes the quote, the other does not
        assert len(differing) < 7


def test_the_filter_is_reached_and_used_by_the_keyboard_alone(report):
    with report("whole") as found:
        page = found.page
        page.focus("#filter-question")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert page.is_checked("#filter-differ")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.locator("article.question:visible > details:not([open])").count() == 0


def test_without_its_script_the_page_shows_everything_and_offers_no_filter(report):
    with report("whole", java_script_enabled=False) as found:
        assert len(shown(found)) == 7
        assert not found.page.is_visible("#filter")


def test_on_a_phone_a_table_is_a_stack_of_cards_with_the_columns_names(report):
    with report("whole", PHONE) as found:
        cell = found.page.locator("#money td[data-label='Purchases']").first
        label = cell.evaluate("one => getComputedStyle(one, '::before').content")
        assert label == '"Purchases"'
        row = found.page.locator("#money tbody tr").first.bounding_box()
        assert row["width"] <= PHONE[0]
        assert row["height"] > 100


def test_every_plot_says_in_words_what_it_shows(report):
    with report("whole") as found:
        plots = found.page.locator("svg")
        assert plots.count() >= 4
        for plot in plots.all():
            assert plot.get_attribute("role") == "img"
            assert len(plot.get_attribute("aria-label")) > 30
