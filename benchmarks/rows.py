"""One measurement: time and memory compared with a peer, and whether they are within a limit."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One measurement of this library and of a peer, in seconds or in MB.

    Attributes
    ----------
    what : str
        What is measured.
    ours, peer : float or None
        Median times in seconds.
    peer_name : str
        Name of the peer.
    ours_mb, peer_mb : float or None
        Peak resident memory of a process that does only this.
    max_ratio : float or None
        Largest ratio of the times that the project promises.
    max_mb : float or None
        Largest memory that the project promises.
    max_delay : float or None
        Largest difference of the times in seconds that the project promises.

    """

    what: str
    ours: float | None = None
    peer: float | None = None
    peer_name: str = ""
    ours_mb: float | None = None
    peer_mb: float | None = None
    max_ratio: float | None = None
    max_mb: float | None = None
    max_delay: float | None = None

    @property
    def delay(self) -> float | None:
        """Our time without that of the peer, in seconds."""
        return self.ours - self.peer if self.ours and self.peer else None

    @property
    def ratio(self) -> float | None:
        """Our time divided by that of the peer."""
        return self.ours / self.peer if self.ours and self.peer else None

    @property
    def holds(self) -> bool | None:
        """Whether all limits are kept; None if there are none."""
        pairs = [
            (self.ratio, self.max_ratio),
            (self.ours_mb, self.max_mb),
            (self.delay, self.max_delay),
        ]
        kept = [v <= limit for v, limit in pairs if v is not None and limit is not None]
        return all(kept) if kept else None

    def as_dict(self) -> dict[str, Any]:
        """Return the row with its ratio and verdict, for JSON."""
        return asdict(self) | {"ratio": self.ratio, "holds": self.holds}
