"""Whose group in a robots.txt is ours (RFC 9309, 2.2.1): that of our whole product token, and of nobody like it."""

import re

_GROUP = re.compile(r"(?im)^([ \t]*user-?agent[ \t]*:[ \t]*)([^\s#]*)([^\r\n]*)$")
_NOBODY = "%"


def product_token(user_agent: str) -> str:
    """Return what robots.txt calls us (RFC 9309, 2.2.1): "econchatr" of "econchatr/2 (+mailto:...)"."""
    token = re.match(r"[A-Za-z_-]+", user_agent.strip())
    return token[0] if token else "*"


def with_groups_of(text: str, token: str) -> str:
    """Return the robots.txt with every group that is neither ours nor everybody's given to nobody.

    Protego takes a group for ours that but begins like us.
    """

    def named(found: re.Match[str]) -> str:
        if found[2] == "*":
            return found[0]
        ours = product_token(found[2]).lower() == token.lower()
        return f"{found[1]}{token if ours else _NOBODY}"

    return _GROUP.sub(named, text)
