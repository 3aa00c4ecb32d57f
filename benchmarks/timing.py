"""Measure times, and keep the answers with them, so that the answers of every peer can be compared with segkit's."""

import gc
import hashlib
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Measurement:
    """The runs of one peer at one task: the seconds of each run, and the answers.

    Attributes:
        section: the part of the suite.
        task: what was done.
        kind: "first" with empty caches, "next" while they fill, "later" once they are full, "once" if nothing is cached.
        peer: the name of the peer.
        seconds: wall time of each run.
        answers: the answer to each question; it must equal segkit's.
        is_exact: False if the peer adds floats, so that a sum exactly at a threshold may be off.
        peak_mib: peak memory of each run in MiB, if it ran in a new process.
        note: a remark for readers of the results.
    """

    section: str
    task: str
    kind: str
    peer: str
    seconds: list[float]
    answers: dict[str, Any] = field(default_factory=dict)
    is_exact: bool = True
    peak_mib: list[float] = field(default_factory=list)
    note: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Section, task and kind. Measurements of different peers with the same key are compared."""
        return self.section, self.task, self.kind

    @property
    def median(self) -> float:
        """The median of the seconds."""
        return statistics.median(self.seconds)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The first and third quartile of the seconds; with one run both are that run."""
        if len(self.seconds) == 1:
            return self.seconds[0], self.seconds[0]
        low, _, high = statistics.quantiles(self.seconds, n=4, method="inclusive")
        return low, high

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return asdict(self)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Call a function without garbage collection, and return the seconds that it took and its result."""
    gc.disable()
    try:
        begun = time.perf_counter()
        answer = work()
        return time.perf_counter() - begun, answer
    finally:
        gc.enable()


def digest(answer: Any) -> str:
    """Return a short hash of an answer that is too long to store."""
    text = answer if isinstance(answer, bytes) else str(answer).encode()
    return hashlib.sha256(text).hexdigest()[:16]


@dataclass
class Record:
    """Collects the runs of all peers at the tasks of one section, in any number of rounds."""

    section: str
    measurements: dict[tuple[str, str, str], Measurement] = field(default_factory=dict)

    def add(
        self,
        task: str,
        kind: str,
        peer: str,
        seconds: float,
        answers: dict[str, Any],
        *,
        peak_mib: float = 0,
        **rest: Any,
    ) -> None:
        """Add one run. `rest` has further fields of `Measurement`."""
        empty = Measurement(self.section, task, kind, peer, [], {}, **rest)
        kept = self.measurements.setdefault((task, kind, peer), empty)
        kept.seconds.append(seconds)
        if peak_mib:
            kept.peak_mib.append(peak_mib)
        for asked, answer in answers.items():
            if kept.answers.setdefault(asked, answer) != answer:
                raise ValueError(f"{peer} answers {task}, {asked} with {answer} after {kept.answers[asked]}")

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self.measurements.values())


def disagreements(measurements: Iterable[Measurement]) -> list[str]:
    """Compare all answers with segkit's and return a line for each that differs; differences due to float sums are marked."""
    every = list(measurements)
    ours: dict[Any, Any] = {}
    for one in every:
        if one.peer == "segkit":
            ours.update({(one.section, one.task, asked): answer for asked, answer in one.answers.items()})
    lines = []
    for one in every:
        for asked, answer in one.answers.items():
            expected = ours.get((one.section, one.task, asked), answer)
            if answer != expected:
                why = "" if one.is_exact else " (float sums)"
                lines.append(f"{one.section}, {one.task}, {asked}: {one.peer} {answer}, segkit {expected}{why}")
    return list(dict.fromkeys(lines))
