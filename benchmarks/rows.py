"""One measurement: time and memory beside a peer, and whether it keeps what is promised."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One measurement: ours beside a peer, in seconds or in MB.

    Attributes
    ----------
    what : str
        What was done.
    ours, peer : float or None
        Medians in seconds.
    peer_name : str
        What it is compared with.
    ours_mb, peer_mb : float or None
        Peak resident memory of a process that does just this.
    most : float or None
        The ratio of the times that is promised at most.
    most_mb : float or None
        The memory that is promised at most.

    """

    what: str
    ours: float | None = None
    peer: float | None = None
    peer_name: str = ""
    ours_mb: float | None = None
    peer_mb: float | None = None
    most: float | None = None
    most_mb: float | None = None

    @property
    def ratio(self) -> float | None:
        """Our time by the peer's."""
        return self.ours / self.peer if self.ours and self.peer else None

    @property
    def kept(self) -> bool | None:
        """Whether what was promised holds; None where nothing was."""
        pairs = [(self.ratio, self.most), (self.ours_mb, self.most_mb)]
        held = [value <= most for value, most in pairs if value is not None and most is not None]
        return all(held) if held else None

    def as_dict(self) -> dict[str, Any]:
        """Return the row with its ratio and verdict, for JSON."""
        return asdict(self) | {"ratio": self.ratio, "kept": self.kept}
