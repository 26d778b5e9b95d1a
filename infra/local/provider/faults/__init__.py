"""Fault injection: rules of misbehaviour, and the replies that come of them."""

from infra.local.provider.faults.rules import Faults, ReplyLost

__all__ = ["Faults", "ReplyLost"]
