"""Arrays of the wrong range, type or shape, masked arrays and void labels: converted or refused."""

from functools import partial

import ml_dtypes
import numpy as np
import pytest
from PIL import Image
from support.checkpoint_factory import NARROW, random_weights
from support.crafted_pictures import file_of

from fcnlib import class_map, images, networks, scenes, segmentation
from fcnlib.class_map.confidence import confidence_map
from fcnlib.class_map.metrics import confusion_matrix, measure
from fcnlib.class_map.pixels import pixel_scores
from fcnlib.class_map.pruning import remaining_between, winners_between
from fcnlib.class_map.reference import enlarged_one_by_one
from fcnlib.class_map.step_order import compare_orders
from fcnlib.images import as_rgb8, colors
from fcnlib.images.preprocessing import cover, fit_long_side, pad_to_multiple, subtract_mean
from fcnlib.kernels import KERNELS
from fcnlib.kernels.separable import resize_separable
from fcnlib.networks import deeplab, selfie_segmentation, shipped, small_fcn, vgg
from fcnlib.networks.dense_layer import dense
from fcnlib.networks.receptive_field import Field
from fcnlib.plots import network as network_plots
from fcnlib.plots.arrays import image_figure
from fcnlib.plots.class_maps import discrete_matshow, photograph_figure
from fcnlib.plots.pruning import outlines, survivors_figure
from fcnlib.plots.step_order import disagreement_figure
from fcnlib.segmentation import remote
from fcnlib.segmentation.agreement import agreement
from fcnlib.segmentation.comparison import compare_heads
from fcnlib.segmentation.last_layer import between_classes, changed
from fcnlib.training import Options, Trainer
from fcnlib.training.grid_bound import confusions, down_and_up
from fcnlib.transposed_convolution import (
    convolution_matrix,
    insert_zeros,
    transposed_convolution,
)
from fcnlib.transposed_convolution.checkerboard import polyphase_sums, ripple
from fcnlib.transposed_convolution.gradient_descent import gradients, step
from fcnlib.upsampling import upsample_skimage, upsample_tf, upsample_tf_dense

RNG = np.random.default_rng(7)
PICTURE = RNG.integers(2, 256, (64, 96, 3), np.uint8)
PICTURE[0, 0] = 255, 0, 255
SCENE = scenes.scene(3, (64, 96))
SHADES = PICTURE[..., 0]
SMALL = small_fcn.Widths((4, 8, 8, 12, 12), 16, 1)
FIELD = Field(2, 3, 9)
VOID = np.array([[0, 1, 255], [1, 1, 2]], np.uint8)


def masked(array, where=(0, 0)):
    mask = np.zeros(np.shape(array), bool)
    mask[where] = True
    return np.ma.array(array, mask=mask)


# 1. Pictures of another range, type or shape.

SAME = {
    "read as 0 to 255": PICTURE.astype(np.float64),
    "float32": PICTURE.astype(np.float32),
    "fractions are rounded": PICTURE + np.float32(0.25) * (PICTURE < 255),
    "uint16, big-endian": (PICTURE.astype(">u2") << 8) + 77,
    "nothing is masked": np.ma.array(PICTURE, mask=False),
}
GUESSED = {
    "0 to 1": PICTURE / 255,
    "0 to 1 in float32": (PICTURE / 255).astype(np.float32),
    "0 to 255 in uint16": PICTURE.astype(np.uint16),
}
REFUSED = {
    "-1 to 1": PICTURE / 127.5 - 1,
    "mean subtracted": PICTURE - np.float32(images.MEAN_RGB),
    "above 255": PICTURE * 1.01,
    "0 to 65535 in float": PICTURE * 257.0,
    "0 to 1 with overshoot": PICTURE / 250,
    "NaN": np.where(PICTURE == 255, np.nan, PICTURE),
    "infinity": np.where(PICTURE == 255, np.inf, PICTURE),
    "negative infinity": np.where(PICTURE == 255, -np.inf, PICTURE),
    "int64": PICTURE.astype(np.int64),
    "list of int": PICTURE.tolist(),
    "int8": PICTURE.astype(np.int8),
    "complex": PICTURE.astype(complex),
    "object": PICTURE.astype(object),
    "text": PICTURE.astype(str),
    "channels first": PICTURE.transpose(2, 0, 1),
    "two channels": PICTURE[..., :2],
    "a batch": PICTURE[None],
    "one row": PICTURE[0, :, 0],
    "no rows": PICTURE[:0],
    "no channels": PICTURE[..., :0],
    "masked": masked(PICTURE),
    "a file name": "cat.png",
    "nothing": None,
    "ragged": [[1, 2], [3]],
    "RGBA of float": np.dstack([PICTURE, SHADES]) / 255,
}


def narrow_vgg():
    def build(image_batch):
        return networks.Scores(vgg.vgg_16(image_batch, **NARROW)[0], vgg.STRIDE)

    names = list(map(str, range(NARROW["num_classes"])))
    return networks.Network("narrow", names, build, weights=dict(random_weights(SHAPES)))


SHAPES = vgg.vgg_16_shapes(**NARROW)
NETWORKS = {name: partial(shipped.loaded, name) for name in shipped.NETWORKS if name != "vgg_16"}
NETWORKS["vgg_16"] = narrow_vgg


@pytest.fixture(scope="module", params=NETWORKS)
def network(request):
    return NETWORKS[request.param]()


@pytest.fixture(scope="module")
def fcn():
    return shipped.loaded("fcn_32s")


@pytest.mark.parametrize("name", SAME)
def test_a_picture_of_a_known_range_is_converted_without_a_warning(name):
    np.testing.assert_array_equal(as_rgb8(SAME[name]), PICTURE)


def test_uint8_is_returned_as_it_is():
    assert as_rgb8(PICTURE) is PICTURE


@pytest.mark.parametrize("name", GUESSED)
def test_a_picture_of_a_guessed_range_is_converted_with_a_warning(name):
    with pytest.warns(UserWarning, match="Pass picture as uint8"):
        found = as_rgb8(GUESSED[name])
    np.testing.assert_array_equal(found, PICTURE)


def test_a_picture_of_12_bits_is_read_as_16_bits_with_a_warning():
    with pytest.warns(UserWarning, match="up to 4095"):
        assert as_rgb8(np.full((1, 1), 4095, np.uint16)).max() == 15


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, np.float64, bool])
def test_a_black_picture_of_any_range_is_black_without_a_warning(dtype):
    assert not as_rgb8(np.zeros((2, 2, 3), dtype)).any()


@pytest.mark.parametrize("name", REFUSED)
def test_a_picture_of_an_unknown_range_is_refused(name):
    with pytest.raises(ValueError, match="picture"):
        as_rgb8(REFUSED[name])


def test_a_picture_of_bool_is_black_and_white():
    assert as_rgb8(np.array([[False, True]])).tolist() == [[[0] * 3, [255] * 3]]


@pytest.mark.parametrize("gray", [SHADES, SHADES[..., None], SHADES.astype(float)])
def test_a_gray_picture_is_repeated_in_three_channels(gray):
    np.testing.assert_array_equal(as_rgb8(gray), np.stack([SHADES] * 3, -1))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_transparent_picture_is_blended_with_white_as_by_decode(seed):
    rgba = np.random.default_rng(seed).integers(0, 256, (20, 30, 4), np.uint8)
    decoded = images.decode(file_of(Image.fromarray(rgba)))
    np.testing.assert_array_equal(as_rgb8(rgba), decoded)
    np.testing.assert_array_equal(as_rgb8(rgba.astype(np.uint16) * 257), decoded)


@pytest.mark.parametrize("name", GUESSED)
def test_every_network_converts_a_picture_of_another_range(network, name):
    expected = segmentation.segment(PICTURE, network)
    with pytest.warns(UserWarning, match="picture"):
        found = segmentation.segment(GUESSED[name], network)
    np.testing.assert_array_equal(found.coarse_logits, expected.coarse_logits)
    np.testing.assert_array_equal(found.picture, PICTURE)
    fitted = network.grid.fit(PICTURE)
    with pytest.warns(UserWarning, match="image"):
        scores = network.scores(fitted / 255)
    np.testing.assert_array_equal(scores.coarse_logits, expected.coarse_logits)


def fitted_alike(network, picture):
    """Return an array of the network's size with the values of `picture`, masked as it is."""
    shape = (*network.grid.fit(PICTURE).shape[:2], *picture.shape[2:])
    if np.ma.is_masked(picture):
        return masked(np.zeros(shape, np.uint8))
    return np.resize(picture, shape)


@pytest.mark.parametrize("name", ["-1 to 1", "NaN", "above 255", "int64", "masked", "two channels"])
def test_every_network_refuses_a_picture_of_an_unknown_range(network, name):
    with pytest.raises(ValueError, match="picture"):
        segmentation.segment(REFUSED[name], network)
    with pytest.raises(ValueError, match="picture"):
        network.grid.fit(REFUSED[name])
    with pytest.raises(ValueError, match="image"):
        network.scores(fitted_alike(network, REFUSED[name]))
    with pytest.raises(ValueError, match="image"):
        network.evaluate(network.graph.get_operations()[0].outputs[0], REFUSED[name])


PICTURE_FUNCTIONS = {
    "subtract_mean": subtract_mean,
    "deeplab.preprocess": deeplab.preprocess,
    "efficientnet_lite.preprocess": networks.efficientnet_lite.preprocess,
    "selfie_segmentation.preprocess": selfie_segmentation.preprocess,
    "fit_long_side": lambda picture: fit_long_side(picture, 20),
    "overlay": lambda picture: colors.overlay(picture, PICTURE, 0.5),
    "overlay of a map": lambda picture: colors.overlay(PICTURE, picture, 0.5),
    "cover": lambda picture: cover(picture, 20, 30),
    "is_dark": images.is_dark,
    "prepare": lambda picture: remote.prepare(picture, "fcn_32s", "auto", 0).request,
    "fields_figure": lambda picture: network_plots.fields_figure(picture, FIELD, []).data[0].source,
    "seen_figure": lambda picture: network_plots.seen_figure(picture, FIELD, FIELD).data[0].source,
    "cell_map_figure": lambda picture: network_plots.cell_map_figure(picture, 32, 0).data[0].source,
    "photograph_figure": lambda picture: photograph_figure(picture).data[0].source,
    "mask": lambda picture: selfie_segmentation.mask(shipped.loaded("people"), picture),
    "compare_heads": lambda picture: (
        compare_heads({"fcn_32s": shipped.loaded("fcn_32s")}, picture)
        .results["fcn_32s"]
        .coarse_logits
    ),
}


@pytest.mark.parametrize("function", PICTURE_FUNCTIONS.values(), ids=PICTURE_FUNCTIONS)
def test_every_function_of_pictures_follows_the_rule_of_ranges(function):
    expected = function(PICTURE)
    with pytest.warns(UserWarning, match="taken to be"):
        np.testing.assert_array_equal(function(PICTURE / 255), expected)
    for name in ("-1 to 1", "NaN", "above 255", "int64", "masked"):
        with pytest.raises(ValueError, match=r"must hold|masked"):
            function(REFUSED[name])


# 2. Masked arrays.


def test_masked_pixels_are_left_out_of_the_metrics():
    truth, prediction = np.array([0, 1, 1, 9]), np.array([0, 1, 0, -3])
    hidden = np.ma.array(truth, mask=[0, 0, 0, 1])
    expected = [[1, 0], [1, 1]]
    assert confusion_matrix(hidden, prediction, 2).tolist() == expected
    predicted = np.ma.array(prediction, mask=[0, 0, 0, 1])
    assert confusion_matrix(truth, predicted, 2).tolist() == expected
    assert confusion_matrix(masked(truth, 2), predicted, 2).tolist() == [[1, 0], [0, 1]]
    assert not confusion_matrix(np.ma.masked_all(3, int), np.zeros(3, int), 2).any()


SCORES = RNG.normal(size=(2, 3, 4))
LABELS = RNG.integers(0, 3, (4, 6))
SCORE_FUNCTIONS = {
    "label_map": class_map.label_map,
    "upsampled_argmax": partial(class_map.upsampled_argmax, 2),
    "surviving_classes": class_map.surviving_classes,
    "confidence_map": partial(confidence_map, 2),
    "enlarged_one_by_one": partial(enlarged_one_by_one, 2),
    "compare_orders": lambda scores: compare_orders(2, scores).maps["nearest_argmax"],
    "pixel_scores": lambda scores: pixel_scores(2, scores, 1, 1),
    "resized_argmax": lambda s: class_map.resized_argmax(2, s, (5, 7), aligned_corners=True),
    "probabilities": class_map.probabilities,
    "winners_between": lambda s: winners_between(s.ravel(), s.ravel()[::-1]),
    "remaining_between": lambda s: remaining_between(s.ravel(), s.ravel()[::-1]),
}
UPSAMPLERS = {
    "upsample_tf": partial(upsample_tf, 2),
    "upsample_tf_dense": partial(upsample_tf_dense, 2),
    "upsample_skimage": partial(upsample_skimage, 2),
    "resize_separable": lambda image: resize_separable(KERNELS["triangle"], image, 2),
    "transposed_convolution": lambda image: transposed_convolution(image, np.ones((2, 2, 1, 4))),
    "insert_zeros": lambda image: insert_zeros(image, 2),
    "gradients": lambda image: gradients(image, np.ones((1, 1, 1, 4)), np.ones((2, 3, 1)))[0],
    "dense": lambda block: dense(block, np.ones((24, 2))),
    "upsample_tf of a kernel": lambda kernel: upsample_tf(2, SCORES, kernel[..., 0]),
}
LABEL_FUNCTIONS = {
    "confusion_matrix": lambda labels: confusion_matrix(labels, np.zeros_like(LABELS), 3),
    "prediction": lambda labels: confusion_matrix(np.zeros_like(LABELS), labels, 3),
    "cell_shares": lambda labels: class_map.cell_shares(2, labels, 3),
    "paint": lambda labels: colors.paint(labels, colors.palette(3)),
    "down_and_up": lambda labels: down_and_up(2, labels, 3),
    "confusions": lambda labels: confusions(labels, [2], 3)[2],
    "discrete_matshow": lambda labels: discrete_matshow(labels, tuple("abc")).data[0].source,
    "colors of discrete_matshow": lambda labels: (
        discrete_matshow(labels, colors=colors.palette(3)).data[0].source
    ),
    "Segmentation": lambda labels: result(labels).painted(),
    "classes": lambda labels: [entry.share for entry in result(labels).classes],
    "agreement": lambda labels: agreement(result(labels), result(LABELS)),
}
PLANE_FUNCTIONS = {
    "outlines": outlines,
    "between_classes": between_classes,
    "changed": lambda labels: changed({"first": LABELS, "second": labels})["second"],
    "survivors_figure": lambda labels: survivors_figure(labels, LABELS + 1, 2).data[0].source,
    "survivors_figure of counts": lambda counts: (
        survivors_figure(LABELS[:, :4], np.pad(counts, 1) + 1, 1).data[0].source
    ),
}
REFUSING = {
    name: function
    for name, function in (SCORE_FUNCTIONS | UPSAMPLERS | LABEL_FUNCTIONS).items()
    if name not in ("confusion_matrix", "prediction")
}


def result(labels):
    scores = np.zeros((1, 1, 3), np.float32)
    cells = np.zeros((1, 1), np.uint8)
    picture = PICTURE[:4, :6]
    return segmentation.Segmentation("n", tuple("abc"), picture, (0, 0), scores, 6, cells, labels)


@pytest.mark.parametrize("name", REFUSING)
def test_masked_values_are_refused_where_they_cannot_be_left_out(name):
    array = LABELS if name in LABEL_FUNCTIONS else SCORES
    REFUSING[name](array)
    REFUSING[name](np.ma.array(array, mask=False))
    for where in (0, -1, (1, 2)):
        with pytest.raises(ValueError, match="masked"):
            REFUSING[name](masked(array, where))


@pytest.mark.parametrize("name", ["label_map", "upsample_tf", "confusion_matrix", "paint"])
def test_masked_arrays_in_lists_are_refused(name):
    function = (SCORE_FUNCTIONS | UPSAMPLERS | LABEL_FUNCTIONS)[name]
    array = LABELS if name in LABEL_FUNCTIONS else SCORES
    for hidden in ([*array[:-1], masked(array[-1], 0)], (np.ma.masked, 1), [[masked(array[0], 0)]]):
        with pytest.raises(ValueError, match="masked"):
            function(hidden)


def test_a_masked_picture_or_matrix_is_refused_where_it_cannot_be_left_out():
    for function in (pad_to_multiple, images.encode_png, partial(image_figure, title="")):
        with pytest.raises(ValueError, match="masked"):
            function(masked(PICTURE))
    with pytest.raises(ValueError, match="masked"):
        measure(masked(np.eye(3, dtype=int)))
    with pytest.raises(ValueError, match="masked"):
        disagreement_figure(PICTURE, masked(SHADES > 9))


@pytest.mark.parametrize("name", PLANE_FUNCTIONS)
def test_label_maps_without_a_number_of_classes_follow_the_rules_of_labels(name):
    function = PLANE_FUNCTIONS[name]
    expected = function(LABELS)
    for dtype in (np.uint64, np.int8, ">i4"):
        np.testing.assert_array_equal(function(LABELS.astype(dtype)), expected)
    if name != "survivors_figure of counts":  # which are padded first
        np.testing.assert_array_equal(function(LABELS.tolist()), expected)
        with pytest.raises(ValueError, match="masked"):
            function(masked(LABELS, (1, 2)))
    with pytest.raises(ValueError, match="must be integers, got float64"):
        function(LABELS + 0.5)
    with pytest.raises(ValueError, match="must hold labels"):
        function(LABELS - 9)
    with pytest.raises(ValueError, match=r"shape \(H, W\)|must cover"):
        function(LABELS[:0])


# 3. Void labels.


def test_void_labels_are_left_out_of_the_metrics():
    prediction = np.array([[0, 1, 1], [0, 1, 2]])
    counts = confusion_matrix(VOID, prediction, 3, ignore_label=255)
    assert counts.tolist() == [[1, 0, 0], [1, 2, 0], [0, 0, 1]]
    signed = VOID.astype(np.int8)
    assert confusion_matrix(signed, prediction, 3, ignore_label=-1).tolist() == counts.tolist()
    unclear = np.where(VOID == 255, 255, prediction)
    assert confusion_matrix(VOID, unclear, 3, ignore_label=255).tolist() == counts.tolist()
    assert confusion_matrix(VOID, prediction, 256)[255, 1] == 1


def test_void_labels_of_the_prediction_only_are_refused():
    with pytest.raises(ValueError, match=r"prediction.* 255"):
        confusion_matrix(np.zeros_like(VOID), VOID, 3, ignore_label=255)


def test_void_labels_are_left_out_of_the_comparison_of_heads(fcn):
    truth = SCENE.labels.copy()
    truth[:20] = 255
    found = compare_heads({"a": fcn}, SCENE.picture, truth, ignore_label=255)
    predicted = found.results["a"].label_map
    share = (predicted[20:] == truth[20:]).mean()
    assert found.metrics["a"].pixel_accuracy == pytest.approx(share)


@pytest.mark.parametrize("label", [-1, -3, 3, 255, 2**40])
@pytest.mark.parametrize("name", LABEL_FUNCTIONS)
def test_void_and_negative_labels_are_refused(name, label):
    labels = LABELS.copy()
    labels[1, 2] = label
    with pytest.raises(ValueError, match=f"{label}"):
        LABEL_FUNCTIONS[name](labels)


def test_void_labels_are_refused_in_training():
    options = Options(size=(64, 64), batch_size=1, num_scenes=1, widths=SMALL)
    with Trainer(options) as trainer:
        pictures, labels = trainer.batches.batch(0)
        trainer.batches.batch = lambda _: (pictures, np.where(labels == labels[0, 0, 0], 255, 0))
        with pytest.raises(ValueError, match="255"):
            trainer.step()
        assert trainer.steps_done == 0
        with pytest.raises(ValueError, match="size"):
            trainer.predict(PICTURE)
        with pytest.warns(UserWarning, match="0 to 1"):
            found = trainer.predict(PICTURE[:, :64] / 255)
        np.testing.assert_array_equal(found, trainer.predict(PICTURE[:, :64]))


def test_a_label_without_a_name_is_refused_from_a_fixed_limit_on():
    discrete_matshow(np.array([[255]]))
    with pytest.raises(ValueError, match="65535"):
        discrete_matshow(np.array([[65536]]))


# 4. Types of labels.


@pytest.mark.parametrize("dtype", [np.uint64, np.int8, np.uint32, np.int64, ">i4", ">u8"])
@pytest.mark.parametrize("name", LABEL_FUNCTIONS)
def test_labels_of_every_integer_type_give_the_same_result(name, dtype):
    expected = LABEL_FUNCTIONS[name](LABELS)
    np.testing.assert_array_equal(LABEL_FUNCTIONS[name](LABELS.astype(dtype)), expected)


@pytest.mark.parametrize("name", LABEL_FUNCTIONS)
def test_labels_of_bool_are_classes_0_and_1(name):
    expected = LABEL_FUNCTIONS[name]((LABELS > 0).astype(int))
    np.testing.assert_array_equal(LABEL_FUNCTIONS[name](LABELS > 0), expected)


@pytest.mark.parametrize("change", [0, 0.9, np.nan])
@pytest.mark.parametrize("name", LABEL_FUNCTIONS)
def test_labels_of_floating_point_are_refused(name, change):
    labels = LABELS.astype(float)
    labels[0, 0] += change
    with pytest.raises(ValueError, match="must be integers, got float64"):
        LABEL_FUNCTIONS[name](labels)


@pytest.mark.parametrize("dtype", [complex, object, str, "M8[s]"])
@pytest.mark.parametrize("name", LABEL_FUNCTIONS)
def test_labels_of_other_types_are_refused(name, dtype):
    with pytest.raises(ValueError, match="must be integers"):
        LABEL_FUNCTIONS[name](LABELS.astype(dtype))


# 15. bfloat16.


@pytest.mark.parametrize("dtype", [ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, np.float16])
@pytest.mark.parametrize("name", SCORE_FUNCTIONS)
def test_scores_of_bfloat16_are_accepted(name, dtype):
    scores = SCORES.astype(dtype)
    found = SCORE_FUNCTIONS[name](scores)
    if name == "pixel_scores":
        assert found == SCORE_FUNCTIONS[name](scores.astype(np.float32))
    else:
        np.testing.assert_array_equal(found, SCORE_FUNCTIONS[name](scores.astype(np.float32)))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", SCORE_FUNCTIONS)
def test_scores_of_bfloat16_must_be_finite(name, wrong):
    scores = SCORES.astype(ml_dtypes.bfloat16)
    scores[0, 0, 0] = wrong
    with pytest.raises(ValueError, match="finite"):
        SCORE_FUNCTIONS[name](scores)


def test_more_classes_than_a_byte_holds_are_refused():
    scores = np.zeros((1, 2, 257), np.float32)
    scores[..., 256] = 1
    with pytest.raises(ValueError, match="256"):
        class_map.resized_argmax(2, scores, (4, 4), aligned_corners=False)
    assert (
        class_map.resized_argmax(2, scores[..., 1:], (4, 4), aligned_corners=False) == 255
    ).all()


# 14. Kernels.

IMAGE = RNG.normal(size=(3, 4))


@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (2, 7), (3,), (3, 3, 1), (0, 0), (0, 5), ()])
def test_a_kernel_that_leaves_gaps_or_is_not_two_dimensional_is_refused(shape):
    with pytest.raises(ValueError, match="kernel must have shape"):
        upsample_tf(3, IMAGE, np.ones(shape))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1j, None, "1"])
def test_a_kernel_of_other_numbers_is_refused(wrong):
    with pytest.raises(ValueError, match="kernel"):
        upsample_tf(2, IMAGE, np.full((4, 4), wrong))


@pytest.mark.parametrize("factor", [1, 2, 3, 5])
@pytest.mark.parametrize("more", [(0, 0), (1, 1), (0, 3), (4, 0), (9, 9)])
def test_a_kernel_of_any_other_size_gives_the_sum_of_its_copies(factor, more):
    kernel = RNG.normal(size=(factor + more[0], factor + more[1]))
    k_h, k_w = kernel.shape
    # The definition: a copy per pixel, cropped by (K - factor) // 2 at the top and left.
    full = np.zeros((3 * factor + more[0], 4 * factor + more[1]))
    for row, col in np.ndindex(3, 4):
        full[row * factor :, col * factor :][:k_h, :k_w] += IMAGE[row, col] * kernel
    expected = full[more[0] // 2 :, more[1] // 2 :][: 3 * factor, : 4 * factor]
    np.testing.assert_allclose(upsample_tf(factor, IMAGE, kernel), expected, atol=1e-12)
    np.testing.assert_allclose(upsample_tf(factor, IMAGE, kernel.tolist()), expected, atol=1e-12)


KERNEL_FUNCTIONS = {
    "convolution_matrix": lambda kernel: convolution_matrix(5, kernel),
    "polyphase_sums": lambda kernel: polyphase_sums(kernel, 2),
    "ripple": lambda kernel: ripple(kernel, 2),
    "transposed_convolution": lambda kernel: transposed_convolution(np.ones((2, 2, 2)), [[kernel]]),
    "step": lambda kernel: step(np.ones((1, 1, 2)), [[kernel]], [[[1.0, 2.0]]], 0.1).kernel,
}


@pytest.mark.parametrize("function", KERNEL_FUNCTIONS.values(), ids=KERNEL_FUNCTIONS)
def test_a_kernel_may_be_a_list_of_real_numbers(function):
    np.testing.assert_array_equal(function([[1, 2], [3, 4]]), function([[1.0, 2.0], [3.0, 4.0]]))
    for wrong in ([[1, 2j], [3, 4]], [["1", "2"], ["3", "4"]], [[1, None], [3, 4]], [[], []], []):
        with pytest.raises(ValueError, match="kernel"):
            function(wrong)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int32, np.uint8, bool])
def test_a_kernel_of_another_type_is_converted(dtype):
    kernel = np.ones((2, 2), dtype)
    np.testing.assert_array_equal(upsample_tf(2, IMAGE, kernel), IMAGE.repeat(2, 0).repeat(2, 1))
