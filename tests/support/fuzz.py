"""Random bytes and texts for everything that reads them: ``make fuzz``.

Each input may end in a result or in an `FcnlibError`, within a second of processor time. Inputs are
drawn from nothing and by changing good ones. `test_fuzz.py` runs a short budget of the same. With
``guided`` before the seconds, atheris, which has to be installed, looks for inputs that reach other
lines of the code, and stops at the first finding.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from fcnlib.checkpoints import downloads
from fcnlib.errors import FcnlibError
from fcnlib.images import decoding, formats, urls
from fcnlib.transposed_convolution import checkerboard_kernels
from fcnlib.transposed_convolution.views import values
from support.crafted_pictures import corners, file_of

SLOW = 1.0  # seconds of processor time
PICTURES = [file_of(corners(64, 48), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP")]
ADDRESSES = [
    "https://img.test/a/b.jpg?c=d#e",
    "http://[2606:4700::1111]:80/x",
    "http://bücher.test/a b",
    "http://1.1.1.1/",
    "//user:secret@host:99/%2e%2e/",
]
NUMBERS = ["1, 2, 3", "0.25 1/3 1e-3", "[1; 2; 3]", "-1,5 2,5"]
RANGES = ["bytes 0-499/1234", "bytes */1234", "1234"]
SIGNS = "0123456789abcxyz.:/@%?#[]\\ \t\n,;-+eE\u202e\u200b\u0660\u3002ß\ud800\U0001f600"


def changed(data, chance):
    """Return bytes with some cut out, doubled, replaced or flipped."""
    data = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(data) + 1), chance.choice([1, 2, 4, 64, 1000])
        way = chance.randrange(4)
        if way == 0:
            del data[at : at + length]
        elif way == 1:
            data[at:at] = data[at : at + length] * chance.randint(1, 3)
        elif way == 2:
            data[at : at + length] = chance.randbytes(length)
        elif at < len(data):
            data[at] ^= 1 << chance.randrange(8)
    return bytes(data)


def some_bytes(chance):
    """Return a changed picture or random bytes."""
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(5000))
    return changed(chance.choice(PICTURES), chance)


def text_like(examples):
    """Return a function that draws texts like the examples."""

    def draw(chance):
        text = list(chance.choice(examples))
        for _ in range(chance.randint(0, 8)):
            at = chance.randrange(len(text) + 1)
            piece = chance.choice(SIGNS) * chance.choice([1, 1, 1, 3, 300])
            text[at : at + chance.randrange(3)] = piece
        return "".join(text)

    return draw


def _ranged(text):
    downloads._stated_range(206, {"Content-Range": text, "Content-Length": text})


def _joined(text):
    urls.parse("https://img.test/a").join(text)


TARGETS = {
    "decode": (decoding.decode, some_bytes),
    "stretch": (lambda data: decoding.decode(data, stretch=True), some_bytes),
    "describe": (formats.describe, some_bytes),
    "is_web_page": (formats.is_web_page, some_bytes),
    "parse": (urls.parse, text_like(ADDRESSES)),
    "join": (_joined, text_like(ADDRESSES)),
    "kernel_from_text": (checkerboard_kernels.kernel_from_text, text_like(NUMBERS)),
    "typed": (lambda text: values.typed(text, (4, 4)), text_like(NUMBERS)),
    "_stated_range": (_ranged, text_like(RANGES)),
}


def run(seconds, seed=0):
    """Run all targets in turn for this long; return the number of inputs and what went wrong."""
    chance, counts, findings = random.Random(seed), Counter(), []
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for name, (function, draw) in TARGETS.items():
            given = draw(chance)
            started = time.thread_time()
            try:
                function(given)
            except FcnlibError:
                pass
            except Exception as error:
                findings.append((name, given, repr(error)))
            if time.thread_time() - started > SLOW:
                findings.append((name, given, "slow"))
            counts[name] += 1
    return counts, findings


def guided(seconds):
    """Let atheris draw the inputs; the first byte chooses the target."""
    import atheris

    atheris.instrument_all()
    names = list(TARGETS)

    def one_input(data):
        function, draw = TARGETS[names[data[0] % len(names)]] if data else (bytes, some_bytes)
        given = data[1:] if draw is some_bytes else data[1:].decode("utf-8", "surrogateescape")
        started = time.thread_time()
        with suppress(FcnlibError):
            function(given)
        assert time.thread_time() - started <= SLOW, "slow"

    options = ["-max_len=5000", f"-max_total_time={seconds:.0f}", "-print_final_stats=1"]
    with tempfile.TemporaryDirectory() as corpus:
        for number, picture in enumerate(PICTURES):
            Path(corpus, str(number)).write_bytes(bytes([0]) + picture)
        examples = [*ADDRESSES, *NUMBERS, *RANGES]
        for number, text in enumerate(examples, len(PICTURES)):
            Path(corpus, str(number)).write_bytes(bytes([4 + number % 5]) + text.encode())
        atheris.Setup([sys.argv[0], *options, corpus], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1] == "guided":
        guided(float(sys.argv[2]))
    counts, findings = run(float(sys.argv[1]), seed=time.time_ns())
    sys.stdout.write(f"{dict(counts)}\n" + "".join(f"{finding}\n" for finding in findings))
    sys.exit(bool(findings))
