import pytest
from jinja2 import UndefinedError

from shared import templates

TEMPLATE = "{% if who %}\n    <p>{{ who }}</p>\n    {% endif %}\nend\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "one.j2").write_text(TEMPLATE, encoding="utf-8")
    return tmp_path


def rendered(folder, **options):
    return templates.environment(folder, **options).get_template("one.j2").render(who="<Ida>")


def test_html_escapes_what_it_is_given_and_keeps_nothing_of_the_lines_of_blocks(folder):
    assert rendered(folder) == "    <p>&lt;Ida&gt;</p>\nend"


def test_a_text_is_as_it_is_given_and_keeps_its_last_newline(folder):
    assert rendered(folder, html=False) == "    <p><Ida></p>\n    end\n"


@pytest.mark.parametrize("html", [True, False])
def test_what_a_template_is_not_given_is_an_error_and_not_a_blank(folder, html):
    with pytest.raises(UndefinedError, match="who"):
        templates.environment(folder, html=html).get_template("one.j2").render()


def test_the_first_of_several_folders_goes_first(folder, tmp_path_factory):
    before = tmp_path_factory.mktemp("before")
    (before / "one.j2").write_text("mine", encoding="utf-8")
    assert rendered(folder) != "mine"
    assert templates.environment(before, folder).get_template("one.j2").render() == "mine"
