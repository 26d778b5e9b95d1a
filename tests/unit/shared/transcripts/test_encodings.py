"""Bytes to text as browsers read them, whatever header and page declare."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.transcripts import Host, read_transcript
from shared.transcripts.encodings import decoded

SAID = "Ida Stone: “It’s the rain—naïve as it sounds.”"


def page(text, charset):
    return f'<html><head><meta charset="{charset}"></head><p>{text}</p></html>'


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-8859-1", "cp1252", SAID),
        ("latin1", "cp1252", SAID),
        ("us-ascii", "cp1252", SAID),
        ("x-user-defined", "cp1252", SAID),
        ("gb2312", "gb18030", "请问您带来了吗？镕基"),  # the last but one is not in GB 2312
        ("x-gbk", "gb18030", "我带来了，在桶里。€"),
        ("shift_jis", "cp932", "雨は①番です。髙橋さん"),  # neither ① nor 髙 is in Shift JIS proper
        ("x-sjis", "cp932", "こんにちは、ようこそ。"),
        ("euc-kr", "cp949", "똠방각하와 펲시콜라 이야기"),  # nor 똠 and 펲 in KS X 1001
        ("ks_c_5601-1987", "cp949", "안녕하세요, 반갑습니다."),
        ("big5", "big5hkscs", "你帶來了嗎？咗"),
        ("euc-jp", "euc_jp", "雨が降っています。"),
        ("iso-2022-jp", "iso2022_jp", "雨が降っています。"),
        ("windows-1251", "cp1251", "Добрый вечер, Ида"),
        ("koi8-r", "koi8_r", "Добрый вечер, Ида"),
        ("iso-8859-9", "cp1254", "Şehir’de yağmur “güzel”"),
        ("tis-620", "cp874", "สวัสดีครับ"),
        ("macintosh", "mac_roman", "café – naïve"),
    ],
)
@pytest.mark.parametrize("declared_by", ["header", "page"])
def test_a_page_is_read_in_the_encoding_that_browsers_take_its_label_for(
    label, codec, text, declared_by
):
    body = page(text, label if declared_by == "page" else "").encode(codec)
    header = f"text/html; charset={label}" if declared_by == "header" else "text/html"
    assert text in decoded(body, header)


@pytest.mark.parametrize("charset", ["utf-8", "", "iso-8859-1", "windows-1252", "shift_jis"])
@pytest.mark.parametrize("stray", [b"\xff", b"\xa9", b"\xe2\x80", b"\x92", b"\xc0"])
@pytest.mark.parametrize("where", ["footer", "front"])
def test_a_stray_byte_costs_one_character_and_not_the_page(charset, stray, where):
    body = page(SAID * 5, charset).encode()
    body = body + stray + b" 2021" if where == "footer" else stray + body
    text = decoded(body, "text/html")
    assert SAID * 5 in text
    assert text.count("\ufffd") == 1


def test_a_stray_byte_in_a_page_that_is_utf_8_by_its_word_alone_costs_that_byte():
    assert decoded(page("Plain as day.", "utf-8").encode() + b"\xff", None).count("\ufffd") == 1


def test_quotation_marks_of_windows_are_read_where_a_page_says_utf_8_wrongly():
    assert SAID in decoded(page(SAID, "utf-8").encode("cp1252"), "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("mark", "codec"),
    [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")],
)
def test_a_byte_order_mark_goes_before_what_header_and_page_say(mark, codec):
    body = mark + page(SAID, "gb2312").encode(codec)
    assert decoded(body, "text/html; charset=shift_jis") == page(SAID, "gb2312")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_seen_without_a_mark_and_believed_of_a_header_but_not_of_a_page(codec):
    assert decoded(SAID.encode(codec), None) == SAID
    chinese = "我带来了，在桶里。请问您带来了吗？"
    assert (
        decoded(chinese.encode(codec), f"text/plain; charset={codec.replace('16-', '16')}")
        == chinese
    )
    assert SAID in decoded(page(SAID, "utf-16").encode(), None)


@pytest.mark.parametrize(
    "label", ["hex", "rot13", "zlib", "undefined", "idna", "no-such", "utf-7", "iso-2022-kr", ""]
)
def test_a_label_that_names_no_encoding_of_the_web_is_as_none(label):
    body = page(SAID, label).encode("cp1252")
    assert SAID in decoded(body, f"text/html; charset={label}")


def test_an_xml_declaration_is_believed_too():
    body = f'<?xml version="1.0" encoding="windows-1251"?><p>{"Добрый вечер"}</p>'.encode("cp1251")
    assert "Добрый вечер" in decoded(body, "application/xml")


@given(st.binary(max_size=300), st.sampled_from([None, "text/html; charset=gbk", "x; charset="]))
def test_any_bytes_are_some_text_without_lone_surrogates(body, content_type):
    decoded(body, content_type).encode("utf-8")


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"))
)
def test_what_is_utf_8_is_read_as_such_whatever_is_declared(text):
    for label in ("iso-8859-1", "gb2312", "shift_jis", "euc-kr"):
        assert decoded(text.encode(), f"text/html; charset={label}") == text


@pytest.mark.parametrize("body", ["I\u0092d say", '[{"speaker": "Ida", "text": "I\\u0092d"}]'])
def test_windows_marks_that_became_control_characters_are_mended(body):
    assert "\u0092" not in decoded(body.encode(), None)


def test_control_characters_in_escapes_are_mended_before_anything_drops_them():
    said = [{"speaker": who, "text": f"I\u0092d say {who}\u0085"} for who in ("Ida", "Rolf")] * 2
    found = read_transcript(
        json.dumps(said).encode(), content_type=None, host=Host("Ida"), guests=()
    )
    assert found.turns[0].text == "I\u2019d say Ida\u2026"


@pytest.mark.parametrize("escaped", ["&#146;", "&#x92;", "&#X92;"])
def test_references_to_them_are_read_as_browsers_do(escaped):
    assert decoded(f"<p>I{escaped}d</p>".encode(), None) == "<p>I\u2019d</p>"


def test_one_accent_outweighs_one_stray_byte():
    assert decoded("caf\u00e9 and ".encode() + b"\xa9", None) == "caf\u00e9 and \ufffd"
