"""The engine `ray` on a head and two nodes: results, a killed node, a full queue, no cluster.

Needs the environment of `requirements-scale.txt`: ``pytest -n 0 -m ray tests/engine/test_ray.py``.
"""

import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor, as_completed

import numpy as np
import pytest
from support import cluster as clusters

from fcnlib import engine, images
from fcnlib.engine import Inline, Local, Ray, serve
from fcnlib.engine.context import Caller, Mailbox, ignore
from fcnlib.errors import BusyError, EngineError, FcnlibError
from fcnlib.networks import shipped
from fcnlib.segmentation import Segmentation

# Ray's own modules use what newer releases of their dependencies deprecate.
pytestmark = [pytest.mark.ray, pytest.mark.filterwarnings("ignore")]
THREADS = 2
REQUESTS = 120


@pytest.fixture(scope="module", autouse=True)
def threads():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FCNLIB_THREADS", str(THREADS))
        patch.setenv("FCNLIB_RAY_SECRET", clusters.SECRET)
        patch.setenv("FCNLIB_RAY_URL", clusters.URL)
        yield


@pytest.fixture(scope="module")
def cluster():
    names = ",".join(name for name in shipped.NETWORKS if name != "vgg_16")
    settings = {"networks": names, "ready": "voc", "threads": THREADS, "doors": 2, "replicas": 2}
    with clusters.cluster(2, **settings) as started:
        yield started


@pytest.fixture(scope="module")
def engines():
    started = {"inline": Inline(), "local": Local(), "ray": Ray()}
    yield started
    started["local"].close()
    started["ray"].close()


def run(one, picture, network="voc", long_side=512):
    caller = Caller(ignore, ignore, Mailbox(), deadline=None)
    return one.run("segment", (picture, network, "float32", long_side), caller)


def different(number):
    """Return a picture that no cache knows yet."""
    picture = images.sample("cat").copy()
    picture[0, 0] = number % 256, number // 256, time.monotonic_ns() % 256
    return picture


def answered(one, pictures, at_once, *, meanwhile=lambda _: None):
    """Segment pictures, so many at once; return results and errors in the order of the end.

    `meanwhile` is called with the number of answers after each of them.
    """

    def work(picture):
        try:
            return run(one, picture)
        except FcnlibError as error:
            return error

    found = []
    with ThreadPoolExecutor(at_once) as pool:
        for end in as_completed([pool.submit(work, picture) for picture in pictures]):
            found.append(end.result())
            meanwhile(len(found))
    return found


@pytest.mark.parametrize("network", [name for name in shipped.NETWORKS if name != "vgg_16"])
def test_results_are_bit_identical_in_all_engines(cluster, engines, network):
    """Networks without a replica are loaded when they are asked for."""
    for sample in ("cat", "rocket"):
        picture = images.sample(sample)
        first, *others = (run(one, picture, network) for one in engines.values())
        for other in others:
            assert first.classes == other.classes
            for field in ("picture", "coarse_logits", "coarse_map", "label_map"):
                one, two = getattr(first, field), getattr(other, field)
                assert one.dtype == two.dtype
                np.testing.assert_array_equal(one, two)
            assert list(first.sums) == list(other.sums)
            for layer, sums in first.sums.items():
                np.testing.assert_array_equal(sums, other.sums[layer])


def test_an_answer_is_kept(cluster, engines):
    picture = different(1)
    seconds = {tuple(run(engines["ray"], picture).seconds.values()) for _ in range(6)}
    assert len(seconds) <= 2  # each of the two doors has asked the network once at most


@pytest.mark.parametrize("secret", ["", "wrong", clusters.SECRET + " "])
@pytest.mark.parametrize("path", ["/", "/segment/voc", "/segment/none"])
def test_the_door_is_closed_without_the_secret(cluster, secret, path):
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    request = urllib.request.Request(clusters.URL + path, b"x", headers)
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request, timeout=30)
    assert raised.value.code == 401
    raised.value.close()


def test_a_body_that_is_too_large_is_refused(cluster, engines, monkeypatch):
    remote = "fcnlib.segmentation.remote"
    prepare = serve.imported(f"{remote}:prepare")
    monkeypatch.setattr(
        f"{remote}.prepare",
        lambda *args: prepare(*args)._replace(request=bytes(76_000_000)),
    )
    with pytest.raises(EngineError) as raised:
        run(engines["ray"], different(2))
    assert raised.value.code == "too_large"


def test_a_network_that_is_not_deployed_is_named(cluster, engines):
    with pytest.raises(EngineError) as raised:
        run(engines["ray"], different(3), "vgg_16", 64)
    assert raised.value.code == "not_found"


def test_a_full_queue_says_busy_and_the_others_are_answered(cluster, engines):
    found = answered(engines["ray"], [different(number) for number in range(60)], 60)
    busy = [one for one in found if isinstance(one, BusyError)]
    assert {one.code for one in busy} == {"busy"}
    done = [one for one in found if isinstance(one, Segmentation)]
    assert len(busy) + len(done) == 60
    assert len(done) >= serve.WAITING


def test_a_node_killed_under_load_costs_no_request(cluster, engines):
    """The door passes requests on to another replica, or the client to another door."""
    pictures = [different(1000 + number) for number in range(REQUESTS)]

    def pull_the_plug(count):
        if count == REQUESTS // 3:
            cluster.kill(cluster.that_run("voc")[0])

    found = answered(engines["ray"], pictures, 6, meanwhile=pull_the_plug)
    assert [type(one).__name__ for one in found] == ["Segmentation"] * REQUESTS
    clusters.wait_until(lambda: len(cluster.alive()) == 2)  # the head and the other node
    cluster.add_node()
    here = run(engines["inline"], found[-1].picture)
    np.testing.assert_array_equal(found[-1].coarse_logits, here.coarse_logits)


def test_a_cluster_that_goes_away_is_named_and_this_machine_goes_on(cluster, engines, monkeypatch):
    """Runs last: it ends the cluster."""
    cluster.close()
    monkeypatch.setattr(engine, "_current", engines["ray"])
    picture = different(4)
    with pytest.raises(EngineError) as raised:
        engine.run("segment", picture, "voc", "float32", 512)
    assert raised.value.code == "cluster_away"
    assert engine.run("segment", picture, "voc", "float32", 512, here=True).network


@pytest.mark.parametrize("secret", ["", "short", "long enough, but\nwith two lines"])
def test_nothing_is_deployed_without_a_secret(monkeypatch, secret):
    monkeypatch.setenv("FCNLIB_RAY_SECRET", secret)
    with pytest.raises(ValueError, match="FCNLIB_RAY_SECRET"):
        serve.build({})


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"network": "voc"}, "network"),
        ({"networks": "none"}, "none"),
        ({"replicas": 0}, "replicas"),
        ({"threads": "many"}, "many"),
    ],
)
def test_settings_that_are_unknown_are_refused(settings, named):
    with pytest.raises(ValueError, match=named):
        serve.build(settings)
