import numpy as np
import pytest
from skimage.transform import rescale

from fcnlib import runtime
from fcnlib.kernels import upsample_filt
from fcnlib.networks.fcn import HEADS, fcn_16s, fcn_32s, upscore
from fcnlib.networks.vgg import vgg_16

NARROW = {"widths": (2, 3, 4, 5, 6), "fc_width": 8}
CLASSES = 3


@pytest.fixture
def net():
    """Yield the graph of a narrow network, its input and its end points."""
    with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default() as graph:
        tf1.set_random_seed(0)
        images = tf1.placeholder("float32", (None, None, None, 3))
        yield graph, images, vgg_16(images, None, **NARROW)[1]


def bilinear(factor, scores):
    return rescale(scores, factor, order=1, mode="constant", clip=False, channel_axis=-1)


def start(graph):
    tf1 = runtime.load().tf1
    session = tf1.Session(graph=graph)
    session.run(tf1.global_variables_initializer())
    return session


def shapes(graph, scope="fcn"):
    variables = graph.get_collection("trainable_variables", scope=f"{scope}/")
    return {v.op.name.removeprefix(f"{scope}/"): tuple(v.shape) for v in variables}


@pytest.mark.parametrize("head", HEADS)
def test_every_head_scores_every_pixel_and_starts_at_zero(net, head):
    graph, images, end_points = net
    logits, _ = HEADS[head](end_points, CLASSES)
    pictures = np.random.default_rng(0).uniform(-99, 99, (2, 64, 96, 3))
    with start(graph) as session:
        scores = session.run(logits, {images: pictures})
    assert scores.shape == (2, 64, 96, CLASSES)
    assert not scores.any()


def test_layers_match_the_paper(net):
    graph, _, end_points = net
    HEADS["fcn_8s"](end_points, CLASSES)
    assert shapes(graph) == {
        "score_fr/weights": (1, 1, 8, 3),
        "score_fr/biases": (3,),
        "upscore2/weights": (4, 4, 3, 1),
        "score_pool4/weights": (1, 1, 5, 3),
        "score_pool4/biases": (3,),
        "upscore_pool4/weights": (4, 4, 3, 1),
        "score_pool3/weights": (1, 1, 4, 3),
        "score_pool3/biases": (3,),
        "upscore8/weights": (16, 16, 3, 1),
    }


def test_the_number_of_parameters_matches_the_paper():
    """FCN-32s with 21 classes: 134,346,581, not counting its fixed upsampling kernel."""
    with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default() as graph:
        _, end_points = vgg_16(tf1.placeholder("float32", (1, 32, 32, 3)), None)
        fcn_32s(end_points, 21, trainable_kernel=False)
        variables = graph.get_collection("trainable_variables")
        assert sum(np.prod(variable.shape) for variable in variables) == 134_346_581


def test_the_upsampling_layer_interpolates_each_class_separately(net):
    graph, _, end_points = net
    logits, sums = fcn_32s(end_points, CLASSES)
    scores = np.random.default_rng(0).standard_normal((1, 2, 3, CLASSES)).astype("float32")
    with start(graph) as session:
        enlarged = session.run(logits, {sums["score_fr"]: scores})[0]
    np.testing.assert_allclose(enlarged, bilinear(32, scores[0]), rtol=1e-5, atol=1e-6)


def test_a_new_skip_does_not_change_the_bilinear_steps(net):
    graph, images, end_points = net
    logits, sums = fcn_16s(end_points, CLASSES)
    scores = np.random.default_rng(0).standard_normal((1, 2, 3, CLASSES)).astype("float32")
    feed = {sums["score_fr"]: scores, images: np.ones((1, 64, 96, 3))}
    with start(graph) as session:
        enlarged = session.run(logits, feed)[0]
    in_two_steps = bilinear(16, bilinear(2, scores[0]))
    np.testing.assert_allclose(enlarged, in_two_steps, rtol=1e-5, atol=1e-6)


def test_kernels_start_and_train_as_the_options_say(net):
    graph, _, end_points = net
    fcn_32s(end_points, CLASSES, kernel_start="zero", scope="zero")
    fcn_32s(end_points, CLASSES, kernel_start="random", scope="random")
    fcn_32s(end_points, CLASSES, trainable_kernel=False, scope="fixed")
    assert "upscore32/weights" in shapes(graph, "zero")
    assert "upscore32/weights" not in shapes(graph, "fixed")
    with start(graph) as session:
        zero, rand, fixed = session.run(
            [
                f"{scope}/upscore32/weights/Read/ReadVariableOp:0"
                for scope in ("zero", "random", "fixed")
            ]
        )
    assert not zero.any()
    assert 0.4 < rand.std() < 0.6
    np.testing.assert_allclose(fixed[:, :, 1, 0], upsample_filt(64), rtol=1e-6)


def test_an_unknown_kernel_start_is_rejected(net):
    with pytest.raises(ValueError, match=r"bilinear, zero, random.*'ones'"):
        fcn_32s(net[2], CLASSES, kernel_start="ones")


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_gradients_of_the_upsampling_layer_agree_with_finite_differences(factor):
    rng = np.random.default_rng(factor)
    scores = rng.standard_normal((1, 3, 4, 2))
    mix = rng.standard_normal((1, 3 * factor, 4 * factor, 2))
    with runtime.building() as (tf, tf1, _), tf1.Graph().as_default(), tf1.Session() as session:
        tf1.set_random_seed(0)
        given = tf1.placeholder(tf.float64, scores.shape)
        enlarged = upscore(given, factor, "up", kernel_start="random", trainable=True)
        (kernel,) = tf1.trainable_variables()
        loss = tf.reduce_sum(tf.sin(enlarged) * mix)
        gradients = tf1.gradients(loss, [given, kernel])
        session.run(tf1.global_variables_initializer())
        start = session.run(kernel)
        computed = session.run(gradients, {given: scores})

        def loss_of_scores(value):
            return session.run(loss, {given: value})

        def loss_of_kernel(value):
            kernel.load(value, session)
            return session.run(loss, {given: scores})

        expected = [
            finite_differences(loss_of_scores, scores),
            finite_differences(loss_of_kernel, start),
        ]
    for ours, theirs in zip(computed, expected, strict=True):
        assert np.abs(theirs).max() > 0.1
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("factor", [2, 8])
def test_upsampling_by_blocks_gives_the_same_scores_and_gradients(factor):
    rng = np.random.default_rng(factor)
    scores = rng.standard_normal((2, 3, 4, 5))
    mix = rng.standard_normal((2, 3 * factor, 4 * factor, 5))
    with runtime.building() as (tf, tf1, _), tf1.Graph().as_default(), tf1.Session() as session:
        tf1.set_random_seed(0)
        given = tf1.placeholder(tf.float64, (None, None, None, 5))
        found = []
        for by_blocks in (False, True):
            with tf1.variable_scope("", reuse=by_blocks):
                enlarged = upscore(
                    given, factor, "up", kernel_start="random", trainable=True, by_blocks=by_blocks
                )
            (kernel,) = tf1.trainable_variables()
            found.append([enlarged, *tf1.gradients(enlarged * mix, [given, kernel])])
        session.run(tf1.global_variables_initializer())
        expected, by_blocks = session.run(found, {given: scores})
    for ours, theirs in zip(by_blocks, expected, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, atol=1e-10)


def finite_differences(function, point, step=1e-5):
    result = np.zeros_like(point)
    for index in np.ndindex(result.shape):
        moved = []
        for sign in (1, -1):
            value = point.copy()
            value[index] += sign * step
            moved.append(function(value))
        result[index] = (moved[0] - moved[1]) / (2 * step)
    return result
