"""Bodies unpacked piece by piece: whole, cut off, wrongly named, or larger than allowed."""

import gzip
import zlib

import pytest

from shared.web.content import Undecodable, Unpacker

WHOLE = b"Why does it rain? It falls. " * 40


def raw_deflate(body):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKED = {
    "gzip": gzip.compress(WHOLE, mtime=0),
    "x-gzip": gzip.compress(WHOLE, mtime=0),
    " GZIP ": gzip.compress(WHOLE[:100], mtime=0) + gzip.compress(WHOLE[100:], mtime=0),
    "deflate": zlib.compress(WHOLE),
    "Deflate": raw_deflate(WHOLE),
    "identity": WHOLE,
    "": WHOLE,
}


def unpacked(coding, body, size=7, most=10_000):
    packer, said = Unpacker(coding), b""
    for start in range(0, len(body), size):
        said += packer.unpack(body[start : start + size], most - len(said))
    packer.end()
    return said


@pytest.mark.parametrize("coding", PACKED)
@pytest.mark.parametrize("size", [1, 2, 7, 10_000])
def test_a_whole_body_is_unpacked_in_whatever_pieces_it_comes(coding, size):
    assert unpacked(coding, PACKED[coding], size) == WHOLE


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "Deflate"])
def test_a_body_that_was_cut_off_anywhere_is_not_taken_for_a_whole_one(coding):
    for length in range(1, len(PACKED[coding])):
        with pytest.raises(Undecodable):
            unpacked(coding, PACKED[coding][:length], 50)


def test_of_files_strung_together_one_that_was_cut_off_is_noticed_once_it_has_begun():
    files = PACKED[" GZIP "]
    first = len(gzip.compress(WHOLE[:100], mtime=0))
    for length in range(1, len(files)):
        if length in (first, first + 1):  # whole; and whole with a byte that begins nothing yet
            assert unpacked("gzip", files[:length], 50) == WHOLE[:100]
        else:
            with pytest.raises(Undecodable):
                unpacked("gzip", files[:length], 50)


@pytest.mark.parametrize("rubbish", [b"\0" * 20, b"<!-- cached -->", b"\x1f"])
def test_rubbish_after_a_whole_body_is_left_out(rubbish):
    assert unpacked("gzip", PACKED["gzip"] + rubbish, 10_000) == WHOLE


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, br", "gzip, gzip", "aes"])
def test_what_we_did_not_accept_is_named(coding):
    with pytest.raises(Undecodable, match=coding):
        Unpacker(coding)


@pytest.mark.parametrize("body", [b"no gzip at all", b"\x1f\x8b\x08rubbish" * 9, b"\0" * 50])
def test_what_is_packed_in_no_way_is_said(body):
    with pytest.raises(Undecodable):
        unpacked("gzip", body)


def test_a_bomb_gives_no_more_than_one_byte_too_many():
    bomb = gzip.compress(bytes(50_000_000))
    assert len(Unpacker("gzip").unpack(bomb, 1000)) == 1001
