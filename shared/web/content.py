"""A body unpacked as its Content-Encoding says, piece by piece, and known to be whole or not."""

import zlib

ACCEPTED = "gzip, deflate"
_ZLIB, _RAW, _GZIP = zlib.MAX_WBITS, -zlib.MAX_WBITS, 16 + zlib.MAX_WBITS
_GZIPS = ("gzip", "x-gzip")


class Undecodable(Exception):
    """The body is not what its Content-Encoding says, or ends in the middle; says which."""


class Unpacker:
    """Unpacks one body. `coding` is the header's value; raises Undecodable for one we did not accept.

    urllib3 unpacks too, but takes a body that was cut off for a whole one.
    """

    def __init__(self, coding: str) -> None:
        self._coding = coding.strip().lower()
        if self._coding not in ("", "identity", "deflate", *_GZIPS):
            raise Undecodable(f"it sends {self._coding!r}, and we accept {ACCEPTED}")
        self._stream: zlib._Decompress | None = None
        self._begun = b""  # a first byte, which does not show yet what it begins

    def unpack(self, piece: bytes, most: int) -> bytes:
        """Return what the next piece holds, or the first `most` + 1 bytes of it where it holds more."""
        if self._coding in ("", "identity"):
            return piece
        body, piece, self._begun = bytearray(), self._begun + piece, b""
        while piece and len(body) <= most:
            if len(piece) < 2 and (self._stream is None or self._stream.eof):
                self._begun = piece
                break
            stream = self._opened(piece)
            if stream is None:
                break
            try:
                body += stream.decompress(piece, most + 1 - len(body))
            except zlib.error as error:
                raise Undecodable(str(error)) from error
            piece = stream.unconsumed_tail or stream.unused_data
        return bytes(body)

    def end(self) -> None:
        """Raise Undecodable unless the body was whole."""
        if not self._stream.eof if self._stream is not None else self._begun:
            raise Undecodable("it ends in the middle")

    def _opened(self, piece: bytes) -> "zlib._Decompress | None":
        """Return the stream that goes on with `piece`; None where it is but rubbish after a whole body."""
        if self._stream is None:
            self._stream = zlib.decompressobj(self._window(piece))
        elif self._stream.eof:
            if self._coding not in _GZIPS or not piece.startswith(b"\x1f\x8b"):
                return None
            self._stream = zlib.decompressobj(_GZIP)  # gzip files may be strung together
        return self._stream

    def _window(self, piece: bytes) -> int:
        if self._coding in _GZIPS:
            return _GZIP
        # "deflate" means zlib's format, and half the servers send the bare stream.
        return _ZLIB if piece[0] & 0x0F == 8 and not int.from_bytes(piece[:2], "big") % 31 else _RAW
