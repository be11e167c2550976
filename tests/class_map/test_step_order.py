import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.special import softmax
from skimage.transform import rescale
from support.memory import at_most

from fcnlib.class_map.step_order import ORDERS, REFERENCE, compare_orders

RNG = np.random.default_rng(3)


def dense(factor, scores, order):
    """Upsample every class with scikit-image; `order` 0 copies, 1 interpolates."""
    return rescale(
        scores, factor, order=order, mode="edge", clip=False, anti_aliasing=False, channel_axis=-1
    )


@pytest.fixture(params=[(2, 5, 7, 4), (5, 4, 3, 30), (32, 3, 4, 1000)], ids=str)
def case(request):
    factor, *shape = request.param
    return factor, gaussian_filter(RNG.standard_normal(shape), (1, 1, 0)) * 6


def test_every_order_equals_its_steps_on_dense_scores(case):
    factor, logits = case
    maps = compare_orders(factor, logits).maps
    one_hot = np.eye(logits.shape[-1])[logits.argmax(-1)]
    expected = {
        "argmax_nearest": dense(factor, one_hot, 0),
        "nearest_argmax": dense(factor, logits, 0),
        "bilinear_argmax": dense(factor, logits, 1),
        "softmax_bilinear_argmax": dense(factor, softmax(logits, -1), 1),
    }
    assert list(maps) == list(expected) == list(ORDERS)
    for order, scores in expected.items():
        assert (maps[order] == scores.argmax(-1)).mean() > 0.9999, order


def test_with_nearest_neighbors_the_argmax_may_come_first_or_last(case):
    orders = compare_orders(*case)
    np.testing.assert_array_equal(orders.maps["argmax_nearest"], orders.maps["nearest_argmax"])


def test_classes_between_cells_are_best_in_no_cell(case):
    factor, logits = case
    orders = compare_orders(factor, logits)
    shown = dense(factor, logits, 1).argmax(-1)
    assert set(orders.between) == set(shown.ravel()) - set(logits.argmax(-1).ravel())
    shares = [orders.share(label) for label in orders.between]
    assert shares == sorted(shares, reverse=True)
    assert all(
        share == (shown == label).mean()
        for label, share in zip(orders.between, shares, strict=True)
    )


def test_29_percent_of_pixels_differ_on_random_scores_of_four_classes():
    """On the 24 × 32 cells of the post. With more classes, more pixels differ."""
    shares = [
        compare_orders(8, RNG.standard_normal((24, 32, classes))).differs("argmax_nearest").mean()
        for classes in (2, 4, 21)
    ]
    assert shares == pytest.approx([0.17, 0.29, 0.45], abs=0.03)


def test_the_mask_marks_labels_that_differ_from_the_reference():
    orders = compare_orders(3, np.array([[[9.0, 0.0, 8.0], [0.0, 9.0, 8.0]]]))
    assert orders.differs("argmax_nearest")[0].tolist() == [False, False, True, True, False, False]
    assert not orders.differs(REFERENCE).any()
    assert orders.between == (2,)
    assert orders.share(2) == pytest.approx(1 / 3)


def test_maps_are_cropped_to_the_image():
    logits = RNG.standard_normal((3, 4, 5))
    whole, cropped = compare_orders(8, logits), compare_orders(8, logits, (20, 27))
    for order in ORDERS:
        np.testing.assert_array_equal(cropped.maps[order], whole.maps[order][:20, :27])


def test_progress_rises_to_one():
    fractions = []
    compare_orders(2, np.zeros((9, 3, 2)), report=lambda fraction, _: fractions.append(fraction))
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


def test_a_thousand_classes_need_no_array_of_all_classes():
    """At 768 × 1024 px, that array would need 3 GB. Scores of networks are about this smooth."""
    logits = gaussian_filter(RNG.standard_normal((24, 32, 1000), np.float32), (1, 1, 0))
    compare_orders(32, logits[:2, :2])
    with at_most(80):
        compare_orders(32, logits)


@pytest.mark.parametrize(
    ("factor", "logits", "message"),
    [
        (0, np.zeros((1, 1, 1)), r"factor.* 0"),
        (2, np.zeros((2, 2)), r"\(h, w, C\)"),
        (2, np.full((1, 1, 2), np.nan), "finite"),
    ],
)
def test_wrong_input_is_rejected(factor, logits, message):
    with pytest.raises(ValueError, match=message):
        compare_orders(factor, logits)
