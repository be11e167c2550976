"""In which number format a network computes.

bfloat16 has float32's range and 8 bits of significand instead of 24. Processors with
AVX512_BF16 or AMX multiply it at twice the rate and more, and its weights take half the
memory; on others it is emulated and slower. Scores change by some tenths of a percent.
"""

from functools import cache
from pathlib import Path

FORMATS = ("float32", "bfloat16")
CHOICES = ("auto", *FORMATS)
CPU_INFO = Path("/proc/cpuinfo")
_FLAGS = {"avx512_bf16", "amx_bf16"}


def choose(precision: str = "auto") -> str:
    """Return the number format to compute in.

    Parameters
    ----------
    precision : {"auto", "float32", "bfloat16"}
        ``"auto"`` is bfloat16 where the processor has it, float32 elsewhere.

    Returns
    -------
    name : {"float32", "bfloat16"}
        The format.

    Raises
    ------
    ValueError
        If `precision` is none of the above.

    Examples
    --------
    >>> choose("float32")
    'float32'

    """
    if precision not in CHOICES:
        msg = f"precision must be one of {', '.join(CHOICES)}, got {precision!r}"
        raise ValueError(msg)
    if precision != "auto":
        return precision
    return "bfloat16" if has_bfloat16() else "float32"


@cache
def has_bfloat16() -> bool:
    """Tell whether the processor multiplies bfloat16 itself, as far as Linux tells."""
    return bool(_FLAGS & cpu_flags(CPU_INFO))


def cpu_flags(path: Path) -> set[str]:
    """Return the instruction sets that Linux lists, or none if there is no such list.

    Examples
    --------
    >>> cpu_flags(Path("/no/such/file"))
    set()

    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return set()
    return {flag for line in lines if line.startswith("flags") for flag in line.split()[2:]}
