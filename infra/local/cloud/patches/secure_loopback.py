"""Loopback counts as a secure transport.

AWS: `aws:SecureTransport` is true for requests over TLS, and bucket policies deny the others.
MiniStack 1.5.33: enforces such a policy against its own plain HTTP, so that nobody may use the bucket.
Here: the key is true for every request; nothing but loopback is listened on.
Case: `bucket_that_wants_tls`.
"""

from ministack import app


def install() -> None:
    """Report every request as made over a secure transport."""
    pin = app.pin_request_origin

    def pin_secure(source_ip: str, _secure: bool) -> None:
        pin(source_ip, True)

    app.pin_request_origin = pin_secure
