"""Misbehaviour on order: what may be ordered, and the replies that come of it."""

from infra.local.provider.faults.rules import Faults, ReplyLost

__all__ = ["Faults", "ReplyLost"]
