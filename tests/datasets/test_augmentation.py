"""Random changes keep each pixel with its label."""

import numpy as np
import pytest

from fcnlib.datasets import VOID
from fcnlib.datasets.augmentation import augment
from fcnlib.images import MEAN_RGB


def random_labels(size, seed=0):
    return np.random.default_rng(seed).integers(20, 150, size, dtype=np.uint8)


def windows(labels, size):
    """Yield each part of this size, and each mirrored."""
    every = np.lib.stride_tricks.sliding_window_view(labels, size).reshape(-1, *size)
    return [*every, *every[:, :, ::-1]]


@pytest.mark.parametrize("seed", range(8))
def test_twice_the_size_repeats_each_label(seed):
    labels = random_labels((20, 30))
    picture = np.repeat(labels[..., None], 3, -1)
    _, changed = augment(picture, labels, (16, 24), np.random.default_rng(seed), (2, 2))
    doubled = np.kron(labels, np.ones((2, 2), np.uint8))
    assert sum(np.array_equal(changed, part) for part in windows(doubled, (16, 24))) == 1


def test_half_the_size_takes_one_of_the_two_middle_labels():
    labels = random_labels((32, 40))
    _, changed = augment(
        np.zeros((32, 40, 3), np.uint8), labels, (16, 20), np.random.default_rng(0), (0.5, 0.5)
    )
    halved = labels[1::2, 1::2]
    assert any(np.array_equal(changed, part) for part in (halved, halved[:, ::-1]))


@pytest.mark.parametrize("seed", range(8))
def test_a_picture_moves_with_its_labels(seed):
    labels = random_labels((20, 30))
    picture = np.repeat(labels[..., None], 3, -1)
    changed, new = augment(picture, labels, (16, 24), np.random.default_rng(seed), (1, 1))
    gains = (changed / new[..., None]).mean((0, 1))
    np.testing.assert_allclose(changed, gains * new[..., None], atol=1.5)
    assert np.all((gains > 0.55) & (gains < 1.45))


def test_a_scaled_picture_stays_at_its_place():
    labels = np.repeat(np.arange(40, 100, dtype=np.uint8)[None], 50, 0)
    picture = np.repeat(labels[..., None], 3, -1)
    for seed in range(8):
        changed, new = augment(picture, labels, (24, 32), np.random.default_rng(seed))
        inside = new[0] != VOID
        red = changed[12, inside, 0].astype(float)
        ratio = red / new[12, inside]
        assert ratio.max() - ratio.min() < 0.06


def test_outside_of_a_small_picture_is_void():
    labels = random_labels((16, 16))
    changed, new = augment(
        np.zeros((16, 16, 3), np.uint8), labels, (20, 40), np.random.default_rng(1), (1, 1)
    )
    outside = new == VOID
    assert outside.sum() == 20 * 40 - 16 * 16
    assert np.unique(changed[outside], axis=0).tolist() == [np.rint(MEAN_RGB).tolist()]
    assert not changed[~outside].any()


def test_the_generator_determines_everything():
    labels = random_labels((30, 30))
    picture = np.repeat(labels[..., None], 3, -1)
    seen = []
    for seed in range(8):
        once, again = (
            augment(picture, labels, (24, 24), np.random.default_rng(seed)) for _ in range(2)
        )
        for one, two in zip(once, again, strict=True):
            np.testing.assert_array_equal(one, two)
            assert one.flags.c_contiguous
        seen.append(once[1].tobytes())
    assert len(set(seen)) == 8
