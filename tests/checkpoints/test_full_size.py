"""Weights of the official size are downloaded, unpacked and verified."""

import pytest
from support.weights_server import Fault, WeightsServer

from fcnlib.checkpoints import fetch, find, open_checkpoint, verify
from fcnlib.networks.vgg import vgg_16_shapes

OFFICIAL_PARAMETERS = 138_357_544


@pytest.fixture
def server(full_size_archive, tmp_path, monkeypatch):
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("FCNLIB_WEIGHTS_SIZE", str(full_size_archive.stat().st_size))
    monkeypatch.delenv("FCNLIB_VGG_CHECKPOINT", raising=False)
    with WeightsServer({full_size_archive.name: full_size_archive}) as server:
        monkeypatch.setenv("FCNLIB_WEIGHTS_URL", server.url)
        yield server
    for path in tmp_path.iterdir():
        path.unlink()


def test_full_size_weights_are_fetched_and_verified(server, full_size_checkpoint):
    server.faults.append(Fault(cut=200_000_000))
    path = fetch()
    assert path == find()
    assert server.ranges == [None, "bytes=200000000-"]
    verified = verify(path, vgg_16_shapes())
    assert (verified.num_tensors, verified.num_parameters) == (32, OFFICIAL_PARAMETERS)
    assert path.stat().st_size == full_size_checkpoint.stat().st_size
    with open_checkpoint(path) as checkpoint:
        assert set(checkpoint.names()) - set(vgg_16_shapes()) == {"vgg_16/mean_rgb", "global_step"}
        deviation = checkpoint.tensor("vgg_16/fc6/weights").std()
    assert deviation == pytest.approx((2 / (7 * 7 * 512)) ** 0.5, rel=1e-3)
