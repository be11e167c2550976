"""The engine `ray` against a small server: results, errors, limits, lost nodes, stopping."""

import asyncio
import hashlib
import json
import threading
import time

import numpy as np
import pytest
from support.door import Door, computed, failed

from fcnlib import engine, images
from fcnlib.engine import packing, serve
from fcnlib.engine.ray import Ray
from fcnlib.engine.tasks import TASKS
from fcnlib.errors import BusyError, Cancelled, EngineError, PictureError, WeightsError
from fcnlib.segmentation import remote
from fcnlib.segmentation.tasks import segment_photograph

SECRET = "a secret of the tests"
PICTURE = images.sample("cat")[:64, :96]
ARGUMENTS = PICTURE, "fcn_8s", "float32", 64


@pytest.fixture
def door(monkeypatch):
    """Return a function that starts a server as the cluster of this process."""
    started = []

    def start(script):
        started.append(Door(script))
        monkeypatch.setenv("FCNLIB_RAY_URL", ",".join(one.address for one in started))
        return started[-1]

    yield start
    for one in started:
        one.end()


@pytest.fixture(autouse=True)
def client(monkeypatch):
    monkeypatch.setenv("FCNLIB_RAY_SECRET", SECRET)
    monkeypatch.setattr("fcnlib.engine.ray.PAUSE", 0.05)
    client = Ray()
    monkeypatch.setattr(engine, "_current", client)
    yield client
    client.close()


def refused():
    """Return an address at which nothing listens."""
    one = Door(computed)
    one.end()
    return one.address


def error_of(*args, **options):
    with pytest.raises(Exception) as raised:  # noqa: PT011 - the tests look at type and code
        engine.run("segment", *(args or ARGUMENTS), **options)
    return raised.value


@pytest.mark.parametrize("name", ["fcn_8s", "imagenet", "people"])
def test_results_are_bit_identical_to_those_computed_here(door, name):
    started = door(computed)
    found = engine.run("segment", PICTURE, name, "auto", 64)
    here = segment_photograph(PICTURE, name, "auto", 64)
    assert type(found) is type(here)
    for field in vars(here):
        one, other = getattr(found, field), getattr(here, field)
        if isinstance(other, np.ndarray):
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)
        elif field == "sums":
            assert list(one) == list(other)
            for layer, sums in other.items():
                np.testing.assert_array_equal(one[layer], sums)
        elif field == "seconds":
            assert one.keys() == other.keys()
        else:
            assert (type(one), one) == (type(other), other)
    assert found.classes == here.classes
    ((path, headers, body),) = started.requests
    assert path == f"/segment/{name}"
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert len(body) < PICTURE.nbytes  # scaled down before it travels


def test_other_tasks_stay_in_workers_of_this_machine(door):
    started = door(computed)
    with pytest.raises(PictureError):
        engine.run("decode", b"nonsense")
    assert not started.requests
    assert [name for name, task in TASKS.items() if task.remote] == ["segment"]


def test_here_keeps_a_task_on_this_machine(door):
    started = door(lambda *_: failed(503, "BusyError", "busy"))
    assert engine.run("segment", *ARGUMENTS, here=True).label_map.shape == (43, 64)
    assert not started.requests


@pytest.mark.parametrize(
    ("status", "kind", "code", "error"),
    [
        (503, "BusyError", "busy", BusyError),
        (401, "EngineError", "wrong_secret", EngineError),
        (422, "WeightsError", "not_found", WeightsError),
        (422, "SystemExit", "odd", EngineError),
        (422, "annotations", "odd", EngineError),
    ],
)
def test_errors_of_the_cluster_are_raised_with_their_code(door, status, kind, code, error):
    started = door(lambda *_: failed(status, kind, code))
    raised = error_of()
    assert type(raised) is error
    assert (raised.code, str(raised)) == (code, "Why.")
    assert len(started.requests) == 1


LONG = b"[" * 60_000


@pytest.mark.parametrize(
    "answer",
    [b"", b"FCN1", b"FCN1\xff\xff\xff\xff{}", b"\x80\x05cos\nsystem\n", packing.pack({}, {})]
    + [b"FCN1" + len(head).to_bytes(4, "little") + head for head in (b"{}", b"[]", LONG)],
)
def test_an_answer_that_is_no_result_is_refused(door, answer):
    door(lambda *_: (200, answer))
    assert error_of().code == "bad_message"


def test_a_result_of_another_picture_is_refused(door):
    other = remote.prepare(PICTURE[:32], *ARGUMENTS[1:]).request
    door(lambda *_: (200, remote.answer("fcn_8s", other)))
    assert error_of().code == "bad_message"


def test_an_answer_has_a_largest_size(door, monkeypatch):
    monkeypatch.setattr("fcnlib.engine.ray.MAX_ANSWER", 1000)
    door(lambda *_: (200, bytes(1001)))
    assert error_of().code == "too_large"


@pytest.mark.parametrize(
    "lost", [None, (502, b"bad gateway"), failed(502, "EngineError", "replica_lost")]
)
def test_a_request_whose_node_is_lost_is_sent_again(door, lost):
    answers = [lost, lost]
    started = door(lambda *sent: answers.pop() if answers else computed(*sent))
    assert engine.run("segment", *ARGUMENTS).label_map.shape == (43, 64)
    assert len(started.requests) == 3


def test_a_node_that_stays_lost_counts_as_away(door):
    started = door(lambda *_: None)
    raised = error_of()
    assert (type(raised), raised.code) == (EngineError, "cluster_away")
    assert f"127.0.0.1:{started.server_port}" in str(raised)
    assert len(started.requests) == 4


def test_no_node_at_the_address_counts_as_away_at_once(monkeypatch):
    monkeypatch.setenv("FCNLIB_RAY_URL", refused())
    monkeypatch.setattr("fcnlib.engine.ray.PAUSE", 30.0)
    assert error_of().code == "cluster_away"


def test_the_next_address_takes_over_and_is_kept(door, monkeypatch):
    away = refused()
    started = door(computed)
    monkeypatch.setenv("FCNLIB_RAY_URL", f"{away}, {started.address}")
    monkeypatch.setattr("fcnlib.engine.ray.PAUSE", 30.0)
    for number in (1, 2):
        engine.run("segment", *ARGUMENTS)
        assert len(started.requests) == number
        assert engine.current()._first == 1


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("", SECRET),
        ("127.0.0.1:8000", SECRET),
        ("ftp://127.0.0.1", SECRET),
        ("http://127.0.0.1:99999", SECRET),
        ("http://127.0.0.1:1\r\nX: y", SECRET),
        ("http://127.0.0.1:1", ""),
        ("http://127.0.0.1:1", "two\nlines of a secret"),
    ],
)
def test_settings_that_name_no_cluster_are_refused(monkeypatch, url, secret):
    monkeypatch.setenv("FCNLIB_RAY_URL", url)
    monkeypatch.setenv("FCNLIB_RAY_SECRET", secret)
    raised = error_of()
    assert raised.code == "no_cluster"
    assert "FCNLIB_RAY_" in str(raised)


@pytest.mark.parametrize("options", [{"deadline": 0.3}, {}])
def test_a_silent_cluster_is_given_up(door, monkeypatch, options):
    monkeypatch.setattr("fcnlib.engine.ray.LONGEST", 0.3)
    release = threading.Event()
    door(lambda *_: release.wait(20) and None)
    started = time.monotonic()
    assert error_of(**options).code == "timeout"
    assert time.monotonic() - started < 10
    release.set()


def test_the_caller_can_stop_a_running_request(door):
    release = threading.Event()
    started = door(lambda *_: release.wait(20) and None)
    heard = []

    def report(*said):
        heard.append(said)
        if started.requests:
            raise Cancelled

    with pytest.raises(Cancelled):
        engine.run("segment", *ARGUMENTS, report=report)
    assert {0.0 <= fraction <= 1.0 for fraction, _ in heard} == {True}
    release.set()


@pytest.mark.parametrize(
    ("values", "arrays"),
    [
        ({}, {"picture": PICTURE}),
        ({"precision": "float64"}, {"picture": PICTURE}),
        ({"precision": ["float32"]}, {"picture": PICTURE}),
        ({"precision": "float32"}, {}),
        ({"precision": "float32"}, {"picture": PICTURE[..., 0]}),
        ({"precision": "float32"}, {"picture": PICTURE[:0]}),
        ({"precision": "float32"}, {"picture": PICTURE.astype(np.float32)}),
    ],
)
def test_a_request_that_is_none_is_refused(values, arrays):
    with pytest.raises(EngineError) as raised:
        remote.answer("fcn_8s", packing.pack(values, arrays))
    assert raised.value.code == "bad_message"


def test_a_replica_answers_or_says_what_is_wrong():
    replica = serve.Segmenter("fcn_8s")
    request = remote.prepare(*ARGUMENTS).request
    answer, told = asyncio.run(replica(request))
    assert told is None
    here = segment_photograph(*ARGUMENTS)
    found = remote.result(here.picture, answer)
    np.testing.assert_array_equal(found.coarse_logits, here.coarse_logits)
    answer, told = asyncio.run(replica(request[:-1]))
    assert (answer, told["kind"], told["code"]) == (b"", "EngineError", "bad_message")


def test_the_cache_of_a_door_stays_below_its_size():
    cache = serve.Cache(100)
    for number in range(50):
        cache.put(bytes([number]), bytes(7))
        cache.get(b"\0")  # used again and again, so it stays
    kept = [number for number in range(50) if cache.get(bytes([number]))]
    assert kept == [0, *range(37, 50)]
    cache.put(b"large", bytes(101))
    assert cache.get(b"large") is None


def test_packs_keep_values_types_and_shapes():
    rng = np.random.default_rng(0)
    arrays = {kind: rng.integers(0, 99, (3, 4, 5)).astype(kind) for kind in packing.TYPES}
    arrays |= {"none": np.zeros((0, 3), np.uint8), "one": np.array(7, np.int64)}
    arrays["strided"] = arrays["<f4"][::2, ::-1].T
    values, found = packing.unpack(packing.pack({"ä": [1, None, "x", 0.1]}, arrays))
    assert values == {"ä": [1, None, "x", 0.1]}
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        np.testing.assert_array_equal(found[name], array)
        assert found[name].flags.writeable


def test_every_cut_or_longer_pack_is_refused():
    whole = packing.pack({"a": 1}, {"b": np.arange(5), "c": np.ones((2, 2), np.float32)})
    for data in [whole[:size] for size in range(len(whole))] + [whole + b"\0"]:
        with pytest.raises(EngineError):
            packing.unpack(data)


@pytest.mark.parametrize(
    "described",
    [
        [["a", "|O", [1]]],
        [["a", "<M8[s]", [1]]],
        [["a", "|u1", [-1, -4]]],
        [["a", "|u1", [1 << 62, 4]]],
        [["a", "|u1", [True]]],
        [["a", "|u1", [1.0]]],
        [["a", "|u1", [1] * 5]],
        [["a", "|u1", 4]],
        [["a", ["|u1"], [1]]],
        [["a", "|u1"]],
        [["a", "|u1", []]] * 33,
    ],
)
def test_a_head_with_other_arrays_is_refused(described):
    head = json.dumps({"values": {}, "arrays": described}).encode()
    data = b"FCN1" + len(head).to_bytes(4, "little") + head
    for tail in (b"", bytes(1), bytes(4), bytes(33)):
        with pytest.raises(EngineError) as raised:
            packing.unpack(data + tail)
        assert raised.value.code == "bad_message"


def test_the_same_request_has_the_same_hash():
    """The door keeps answers by the hash of the request."""
    hashes = {
        hashlib.sha256(remote.prepare(PICTURE.copy(order=order), *ARGUMENTS[1:]).request).digest()
        for order in "CF"
    }
    assert len(hashes) == 1
