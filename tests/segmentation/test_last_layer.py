"""Last layers replaced by other upsamplings: what must stay the same, and by hand."""

import numpy as np
import pytest

from fcnlib import images
from fcnlib.networks import deeplab, selfie_segmentation, shipped
from fcnlib.segmentation import last_layer


@pytest.fixture(scope="module", params=["cat", "astronaut"])
def label_maps(request):
    fitted = deeplab.GRID.fit(images.sample(request.param))
    scores = shipped.loaded("voc").scores(fitted, end_points=["logits"])
    return last_layer.voc_label_maps(scores.coarse_logits), scores.end_points["logits"].argmax(-1)


def test_a_transposed_convolution_with_the_triangle_gives_the_networks_own_labels(label_maps):
    made, own = label_maps
    np.testing.assert_array_equal(made["resize"], own)
    np.testing.assert_array_equal(made["triangle"], own)


def test_the_other_kernels_change_some_labels_but_few(label_maps):
    changed = last_layer.changed(label_maps[0])
    assert changed["triangle"] == 0
    assert 0 < changed["post"] < 0.05
    assert 0 < changed["nearest"] < 0.05


def test_nearest_takes_the_nearest_cell():
    """Cells are centered on pixels 0 and 8, so pixel 4 is as near to both and takes the second."""
    scores = np.zeros((1, 2, 21), np.float32)
    scores[0, 0, 3] = scores[0, 1, 5] = 1
    assert last_layer.voc_label_maps(scores)["nearest"].tolist() == [[3] * 4 + [5] * 5]


def test_the_learned_layer_gives_the_networks_own_mask():
    network, picture = shipped.loaded("people"), images.sample("astronaut")
    fitted = selfie_segmentation.GRID.fit(picture)
    own = network.scores(fitted, end_points=["mask"]).end_points["mask"][..., 0]
    masks = last_layer.people_masks(
        last_layer.people_activations(network, picture), selfie_segmentation.last_layer()
    )
    np.testing.assert_allclose(masks["learned"], own, atol=5e-4)
    for name in ("nearest", "bilinear"):
        assert 0 < ((masks[name] > 0.5) != (own > 0.5)).mean() < 0.02


def test_the_phase_sums_of_kernels_that_do_not_overlap_are_their_weights():
    layer = selfie_segmentation.last_layer()
    expected = np.moveaxis(layer.kernels[:, :, 0], -1, 0)
    np.testing.assert_allclose(last_layer.phase_sums(layer), expected)
