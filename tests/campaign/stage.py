"""Several executions at once in simulated time, one moving at a time, in an order drawn from a seed."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tests.unit.shared.fakes import Clock


@dataclass
class Actor:
    """One thread of what happens; it runs only while it holds the baton.

    As a Lambda it is killed at `lambda_ends_at`, and what it `carries` (the request whose reply it
    got last) dies with it unless it was written down.
    """

    name: str
    wakes_at: datetime
    baton: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    done: bool = False
    lambda_ends_at: datetime | None = None
    carries: bytes = b""


class Stage(Clock):
    """A clock whose `sleep` lets the other actors move; a discrete-event simulation."""

    def __init__(self, rng: Random) -> None:
        super().__init__()
        self.errors: list[BaseException] = []
        self._rng = rng
        self._actors: list[Actor] = []
        self._threads: dict[int, Actor] = {}
        self._turn_over = threading.Semaphore(0)

    @property
    def actor(self) -> Actor:
        """Whoever is moving."""
        return self._threads[threading.get_ident()]

    def after(self, seconds: float) -> datetime:
        """The moment so many seconds from now."""
        return self.moment + timedelta(seconds=seconds)

    def spawn(self, name: str, body: Callable[[], None], delay: float = 0) -> None:
        actor = Actor(name, self.after(delay))
        self._actors.append(actor)
        threading.Thread(target=self._act, args=(actor, body), daemon=True).start()

    def run(self) -> None:
        """Move until every actor has come to its end."""
        while waiting := [actor for actor in self._actors if not actor.done]:
            self.moment = max(self.moment, min(actor.wakes_at for actor in waiting))
            ready = [actor for actor in waiting if actor.wakes_at <= self.moment]
            self._rng.choice(ready).baton.release()
            self._turn_over.acquire()

    def sleep(self, seconds: float) -> None:
        actor = self.actor
        actor.wakes_at = self.after(seconds)
        self._turn_over.release()
        actor.baton.acquire()

    def _act(self, actor: Actor, body: Callable[[], None]) -> None:
        self._threads[threading.get_ident()] = actor
        actor.baton.acquire()
        try:
            body()
        except BaseException as error:  # noqa: BLE001 (a thread's error must reach the judge)
            self.errors.append(error)
        finally:
            actor.done = True
            self._turn_over.release()
