"""Receptive fields and pixel scores, compared with networks run in TensorFlow."""

import numpy as np
import pytest

from fcnlib import runtime, scenes, segmentation
from fcnlib.class_map import label_map, upsampled_argmax
from fcnlib.class_map.pixels import pixel_scores
from fcnlib.networks import built_in, vgg
from fcnlib.networks.receptive_field import (
    Field,
    Layer,
    ReceptiveField,
    receptive_field,
    vgg_layers,
)
from fcnlib.networks.vgg import vgg_16_shapes
from fcnlib.segmentation import comparison
from fcnlib.segmentation.attribution import Cell, attribute_pixel, score_parts, telling_pixel
from fcnlib.segmentation.network_geometry import built_in_geometry, vgg_16_geometry
from fcnlib.transposed_convolution.depthwise import enlarged, taps

RNG = np.random.default_rng(5)
END_POINTS = {"pool3": (44, 8), "pool4": (100, 16), "pool5": (212, 32), "fc7": (404, 32)}


def shapes_of(fc_kernel):
    shapes = vgg_16_shapes()
    return shapes | {"vgg_16/fc6/weights": (fc_kernel, fc_kernel, 512, 4096)}


@pytest.mark.parametrize(("end_point", "expected"), END_POINTS.items())
def test_receptive_fields_of_vgg_16_have_the_published_sizes(end_point, expected):
    """The sizes of the paper: 44, 100, 212 and 404 px at strides of 8, 16, 32 and 32."""
    field = receptive_field(vgg_layers(shapes_of(7), end_point))
    assert (field.size, field.stride) == expected
    assert field.start + field.size / 2 == field.stride / 2


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([], ReceptiveField(1, 1, 0)),
        ([Layer(3)], ReceptiveField(3, 1, -1)),
        ([Layer(2, 2)], ReceptiveField(2, 2, 0)),
        ([Layer(4)], ReceptiveField(4, 1, -1)),
        ([Layer(3), Layer(2, 2), Layer(3)], ReceptiveField(8, 2, -3)),
    ],
)
def test_receptive_fields_computed_by_hand(layers, expected):
    assert receptive_field(layers) == expected


class Ones:
    """A VGG with one channel and weights of one, so that every pixel affects its cells."""

    def __init__(self, fc_kernel):
        with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default() as graph:
            self.images = tf1.placeholder("float32", (1, None, None, 3))
            widths = (1, 1, 1, 1, 1)
            _, ends = vgg.vgg_16(self.images, None, widths=widths, fc_width=1, fc_kernel=fc_kernel)
            self.ends = {name: vgg.end_point(ends, name) for name in END_POINTS}
            ones = [
                variable.assign(np.full(variable.shape, float("weights" in variable.name)))
                for variable in graph.get_collection("variables")
            ]
            self.session = tf1.Session(graph=graph)
            self.session.run(ones)

    def depends(self, end_point, cell, pixel, shape):
        """Return whether a cell depends on one white pixel of a black image."""
        picture = np.zeros((1, *shape, 3))
        picture[0, *pixel] = 1
        return self.session.run(self.ends[end_point], {self.images: picture})[0, *cell, 0] > 0


@pytest.fixture(scope="module", params=[3, 7], ids="fc6 {0} × {0}".format)
def ones(request):
    network = Ones(request.param)
    yield request.param, network
    network.session.close()


@pytest.mark.parametrize("end_point", END_POINTS)
def test_a_cell_depends_on_the_corners_of_its_field_and_on_no_pixel_outside(ones, end_point):
    """Checks size, position and padding in TensorFlow."""
    fc_kernel, network = ones
    receptive = receptive_field(vgg_layers(shapes_of(fc_kernel), end_point))
    shape = (544, 576)
    cell = (shape[0] // receptive.stride // 2, shape[1] // receptive.stride // 2)
    top, left, size = receptive.field(*cell)
    assert min(top, left) > 0, "the whole field should lie inside the picture"
    first, last = (top, left), (top + size - 1, left + size - 1)
    assert network.depends(end_point, cell, first, shape)
    assert network.depends(end_point, cell, last, shape)
    for row, col in [
        (top - 1, left),
        (top, left - 1),
        (last[0] + 1, last[1]),
        (last[0], last[1] + 1),
    ]:
        assert not network.depends(end_point, cell, (row, col), shape)


def test_at_the_border_the_field_extends_beyond_the_image(ones):
    fc_kernel, network = ones
    receptive = receptive_field(vgg_layers(shapes_of(fc_kernel), "fc7"))
    top, left, size = receptive.field(1, 0)
    assert left < 0
    assert network.depends("fc7", (1, 0), (top + size - 1, left + size - 1), (320, 320))
    assert not network.depends("fc7", (1, 0), (top + size - 1, left + size), (320, 320))
    assert not network.depends("fc7", (1, 0), (top + size, left + size - 1), (320, 320))


@pytest.fixture(scope="module")
def networks():
    loaded = {head: built_in.network(head) for head in built_in.NAMES}
    yield loaded
    for network in loaded.values():
        network.close()


@pytest.mark.parametrize(
    ("layer", "sum_", "cell"),
    [
        ("fc7", "score_fr", (1, 0)),
        ("pool4", "score_pool4", (5, 9)),
        ("pool3", "score_pool3", (9, 3)),
    ],
)
def test_scores_of_the_shipped_network_depend_on_their_field_alone(networks, layer, sum_, cell):
    field = built_in_geometry("fcn_8s").receptive_fields[layer].field(*cell)
    picture = RNG.integers(0, 256, (256, 320, 3), dtype=np.uint8)
    inside = np.zeros(picture.shape[:2], bool)
    inside[
        max(field.top, 0) : field.top + field.size, max(field.left, 0) : field.left + field.size
    ] = 1
    other = RNG.integers(0, 256, picture.shape, dtype=np.uint8)

    def scores(image):
        return networks["fcn_8s"].scores(image).sums[sum_][cell]

    before = scores(picture)
    without = scores(np.where(inside[..., None], picture, other))
    within = scores(np.where(inside[..., None], other, picture))
    np.testing.assert_allclose(without, before, atol=1e-4)
    assert abs(within - before).max() > 0.1


def test_the_share_outside_the_image_is_counted():
    for top, left, size in RNG.integers(-30, 30, (50, 3)):
        field = Field(int(top), int(left), int(abs(size)) + 1)
        rows, cols = np.mgrid[: field.size, : field.size] + [[[field.top]], [[field.left]]]
        inside = (rows >= 0) & (rows < 20) & (cols >= 0) & (cols < 25)
        assert field.outside((20, 25, 3)) == pytest.approx(1 - inside.mean())


def test_wrong_layers_are_rejected():
    with pytest.raises(ValueError, match=r"Layer\(kernel=0, stride=1\)"):
        receptive_field([Layer(0)])
    with pytest.raises(ValueError, match="pool6"):
        vgg_layers(vgg_16_shapes(), "pool6")


@pytest.mark.parametrize("factor", [2, 3, 8])
def test_the_depthwise_transposed_convolution_equals_tensorflow_s(factor):
    size = 2 * factor - factor % 2
    kernel, scores = RNG.standard_normal((size, size, 3)), RNG.standard_normal((4, 5, 3))
    tf = runtime.load().tf
    with tf.device("/CPU:0"):
        expected = tf.nn.depthwise_conv2d_backprop_input(
            (1, 4 * factor, 5 * factor, 3),
            kernel[..., None],
            scores[None],
            strides=[1, factor, factor, 1],
            padding="SAME",
        )[0].numpy()
    np.testing.assert_allclose(enlarged(factor, kernel, scores), expected, atol=1e-12)
    for row, col in np.ndindex(expected.shape[:2]):
        around = taps(factor, kernel, (4, 5), row, col)
        assert len(around) <= 4
        value = sum(tap.weights * scores[tap.row, tap.col] for tap in around)
        np.testing.assert_allclose(value, expected[row, col], atol=1e-12)


def test_products_of_small_integers_do_not_overflow():
    hundred = np.full((1, 1, 1), 100, np.uint8)
    assert enlarged(1, hundred, hundred).item() == 10_000


@pytest.fixture(scope="module")
def street(networks):
    return comparison.compare_heads(networks, scenes.scene(10).picture).results


@pytest.mark.parametrize("head", built_in.NAMES)
def test_scores_of_a_pixel_are_those_of_the_network(networks, street, head):
    result, geometry = street[head], built_in_geometry(head)
    logits = networks[head].scores(result.picture).logits
    pixels = [(0, 0), (0, 223), (159, 0), (159, 223), *RNG.integers(0, 160, (40, 2))]
    for row, col in pixels:
        attribution = attribute_pixel(result, row, col, geometry)
        assert attribution.classes[0] == result.label_map[row, col]
        assert attribution.classes == tuple(np.argsort(-logits[row, col], kind="stable")[:3])
        np.testing.assert_allclose(
            attribution.scores, logits[row, col, list(attribution.classes)], atol=1e-4
        )
        np.testing.assert_allclose(
            np.sum(list(attribution.parts.values()), 0), attribution.scores, atol=1e-9
        )
        odds = np.exp(logits[row, col].astype(float))
        np.testing.assert_allclose(
            attribution.confidences, odds[list(attribution.classes)] / odds.sum(), atol=1e-4
        )


def test_the_best_score_of_a_pixel_is_the_weighted_sum_of_its_cells(street):
    result, geometry = street["fcn_8s"], built_in_geometry("fcn_8s")
    attribution = attribute_pixel(result, 77, 133, geometry)
    weighted = sum(
        cell.weight * result.coarse_logits[cell.row, cell.col, attribution.classes[0]]
        for cell in attribution.cells
    )
    assert weighted == pytest.approx(attribution.scores[0], abs=1e-4)
    plain = pixel_scores(8, result.coarse_logits, 77, 133).cells
    assert [(cell.row, cell.col, cell.bilinear) for cell in attribution.cells] == list(plain)
    assert all(cell.label == result.coarse_map[cell.row, cell.col] for cell in attribution.cells)
    assert any(abs(cell.weight - cell.bilinear) > 0.01 for cell in attribution.cells)


@pytest.mark.parametrize("head", built_in.NAMES)
def test_the_contributions_of_the_layers_add_up(street, head):
    result, geometry = street[head], built_in_geometry(head)
    parts = score_parts(result.sums, geometry.kernels)
    layers = {"fcn_32s": ["fc7"], "fcn_16s": ["fc7", "pool4"], "fcn_8s": ["fc7", "pool4", "pool3"]}
    assert list(parts) == list(geometry.receptive_fields) == layers[head]
    np.testing.assert_allclose(sum(parts.values()), result.coarse_logits, atol=1e-4)


def test_fields_belong_to_the_cells_that_cover_the_pixel(street):
    fields = attribute_pixel(street["fcn_8s"], 50, 70, built_in_geometry("fcn_8s")).fields
    assert fields["fc7"] == Field(32 - 122, 64 - 122, 276)
    assert fields["pool4"] == Field(48 - 42, 64 - 42, 100)
    assert fields["pool3"] == Field(48 - 18, 64 - 18, 44)


def classified(logits, factor=32):
    """Return the segmentation of VGG-16 for these scores."""
    labels = upsampled_argmax(factor, logits)[:70, :90]
    return segmentation.Segmentation(
        network="VGG-16",
        class_names=tuple(map(str, range(logits.shape[-1]))),
        picture=np.zeros((70, 90, 3), np.uint8),
        padding=(26, 6),
        coarse_logits=logits,
        coarse_factor=factor,
        coarse_map=label_map(logits),
        label_map=labels,
    )


def test_a_network_without_trained_kernels_interpolates_bilinearly():
    result = classified(RNG.standard_normal((3, 3, 1000)).astype(np.float32))
    attribution = attribute_pixel(result, 69, 40, vgg_16_geometry(), k=5)
    pixel = pixel_scores(32, result.coarse_logits, 69, 40, k=5)
    assert (attribution.classes, attribution.scores, attribution.confidences) == pixel[:3]
    assert attribution.classes[0] == result.label_map[69, 40]
    assert attribution.parts == {}
    best = list(attribution.classes)
    assert attribution.cells == tuple(
        Cell(
            row,
            col,
            result.coarse_map[row, col],
            weight,
            weight,
            tuple(result.coarse_logits[row, col, best].tolist()),
            (weight,) * 5,
        )
        for row, col, weight in pixel.cells
    )
    for rank, score in enumerate(attribution.scores):
        products = [cell.scores[rank] * cell.weights[rank] for cell in attribution.cells]
        assert sum(products) == pytest.approx(score, abs=1e-5)
    assert attribution.fields == {"fc7": Field(2 * 32 - 186, 32 - 186, 404)}


@pytest.mark.parametrize("pixel", [(70, 0), (0, 90), (-1, 0)])
def test_a_pixel_outside_the_image_is_rejected(pixel):
    result = classified(np.zeros((3, 3, 2), np.float32))
    with pytest.raises(IndexError, match=r"70 × 90 px"):
        attribute_pixel(result, *pixel, vgg_16_geometry())


def on_blocks(logits, factor=4, size=None):
    labels = upsampled_argmax(factor, logits)
    labels = labels[: size[0], : size[1]] if size else labels
    names = tuple(f"class {index}" for index in range(logits.shape[2]))
    picture = np.zeros((*labels.shape, 3), np.uint8)
    return segmentation.Segmentation(
        "", names, picture, (0, 0), logits, factor, logits.argmax(-1), labels, "bilinear"
    )


def test_a_telling_pixel_has_a_class_that_none_of_its_cells_has():
    # The third class is second in both cells, and wins halfway between them.
    result = on_blocks(np.array([[[9, 0, 8], [0, 9, 8]]], np.float32))
    row, col = telling_pixel(result)
    assert result.label_map[row, col] == 2
    assert col in (3, 4)


@pytest.mark.parametrize("seed", range(5))
def test_a_telling_pixel_is_one_in_maps_of_noise_too(seed):
    logits = np.random.default_rng(seed).standard_normal((5, 7, 40)).astype(np.float32)
    result = on_blocks(logits, 8, (37, 51))
    row, col = telling_pixel(result)
    cells = attribute_pixel(result, row, col, vgg_16_geometry()).cells
    assert result.label_map[row, col] not in {cell.label for cell in cells}


def test_without_a_telling_pixel_it_is_the_middle():
    logits = np.zeros((2, 3, 4), np.float32)
    logits[..., 1] = 5
    assert telling_pixel(on_blocks(logits)) == (4, 6)


def test_a_large_map_is_looked_at_in_steps():
    logits = np.random.default_rng(0).standard_normal((3, 50, 30)).astype(np.float32)
    result = on_blocks(logits, 32)
    row, col = telling_pixel(result)
    assert (row % 2, col % 2) == (0, 0)
    cells = attribute_pixel(result, row, col, vgg_16_geometry()).cells
    assert result.label_map[row, col] not in {cell.label for cell in cells}
