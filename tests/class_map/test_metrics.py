import re

import numpy as np
import pytest

from fcnlib.class_map.metrics import confusion_matrix, measure


def test_two_classes_by_hand():
    """Rows sum to 4 and 6; unions are 4 + 5 - 3 = 6 and 6 + 5 - 4 = 7."""
    metrics = measure(np.array([[3, 1], [2, 4]]))
    assert metrics.pixel_accuracy == pytest.approx(7 / 10)
    assert metrics.mean_accuracy == pytest.approx((3 / 4 + 4 / 6) / 2)
    np.testing.assert_allclose(metrics.iu, [3 / 6, 4 / 7])
    assert metrics.mean_iu == pytest.approx((3 / 6 + 4 / 7) / 2)
    assert metrics.frequency_weighted_iu == pytest.approx((4 * 3 / 6 + 6 * 4 / 7) / 10)


def test_a_perfect_prediction_scores_one_in_every_metric():
    metrics = measure(np.diag([5, 1, 90]))
    values = (metrics.pixel_accuracy, metrics.mean_accuracy, metrics.mean_iu)
    assert values == (1, 1, 1)
    assert metrics.frequency_weighted_iu == 1


def test_a_class_that_never_occurs_is_excluded():
    metrics = measure(np.array([[3, 0, 1], [0, 0, 0], [0, 0, 4]]))
    assert np.isnan(metrics.iu[1])
    assert metrics.mean_iu == pytest.approx((3 / 4 + 4 / 5) / 2)
    assert metrics.mean_accuracy == pytest.approx((3 / 4 + 1) / 2)
    assert metrics.frequency_weighted_iu == pytest.approx((4 * 3 / 4 + 4 * 4 / 5) / 8)


def test_a_class_that_is_only_predicted_has_an_iu_of_zero():
    metrics = measure(np.array([[3, 1], [0, 0]]))
    np.testing.assert_allclose(metrics.iu, [3 / 4, 0])
    assert metrics.mean_iu == pytest.approx(3 / 8)
    assert metrics.mean_accuracy == pytest.approx(3 / 4)


def test_rows_of_the_confusion_matrix_are_true_classes():
    truth = np.array([[0, 0, 2], [1, 1, 1]], dtype=np.uint8)
    prediction = np.array([[0, 1, 2], [1, 1, 2]], dtype=np.uint8)
    expected = [[1, 1, 0], [0, 2, 1], [0, 0, 1]]
    np.testing.assert_array_equal(confusion_matrix(truth, prediction, 3), expected)


def test_small_integer_labels_do_not_overflow():
    labels = np.full(4, 250, dtype=np.uint8)
    assert confusion_matrix(labels, labels, 251)[250, 250] == 4


def test_shapes_must_agree():
    with pytest.raises(ValueError, match=r"truth and prediction.*\(2,\).*\(3,\)"):
        confusion_matrix(np.zeros(2, int), np.zeros(3, int), 2)


@pytest.mark.parametrize(("truth", "prediction", "name"), [(7, 0, "truth"), (0, -1, "prediction")])
def test_labels_must_be_in_range(truth, prediction, name):
    with pytest.raises(ValueError, match=f"{name}.*0 to 6"):
        confusion_matrix(np.array([truth]), np.array([prediction]), 7)


def test_an_empty_confusion_matrix_is_rejected():
    with pytest.raises(ValueError, match="no pixels"):
        measure(np.zeros((2, 2), int))


@pytest.mark.parametrize("shape", [(4,), (2, 3), (3, 2), (1, 4), (2, 2, 2)])
def test_a_confusion_matrix_must_be_square(shape):
    with pytest.raises(ValueError, match=re.escape(f"(C, C), got {shape}")):
        measure(np.ones(shape, int))
