import os

import numpy as np
import pytest

from fcnlib.class_map.memory import requirements
from fcnlib.class_map.tiling import work_nbytes
from fcnlib.kernels.bilinear import bilinear_upsample_weights, upsample_filt
from fcnlib.runtime import machine_nbytes

MIB = 2**20


@pytest.mark.parametrize(
    ("factor", "classes", "mebibytes"),
    [(8, 21, 0.43), (16, 21, 1.72), (32, 21, 6.89), (8, 1000, 977), (16, 1000, 3906)],
)
def test_the_dense_kernel_has_the_size_in_the_table(factor, classes, mebibytes):
    kernel = requirements(factor, classes)["dense"].kernel
    assert round(kernel / MIB, 2 if mebibytes < 10 else 0) == mebibytes


def test_the_dense_kernel_of_the_post_needs_sixteen_gigabytes():
    kernel = requirements(32, 1000)["dense"].kernel
    assert (kernel / MIB, round(kernel / 1e9, 2)) == (15_625, 16.38)


def test_the_dense_kernel_has_the_size_of_the_actual_array():
    assert requirements(16, 21)["dense"].kernel == bilinear_upsample_weights(16, 21).nbytes


def test_depthwise_and_separable_kernels_have_the_size_in_the_table():
    assert round(requirements(32, 21)["depthwise"].kernel / MIB, 2) == 0.33
    assert round(requirements(32, 1000)["depthwise"].kernel / MIB, 1) == 15.6
    for classes in (21, 1000):
        assert requirements(32, classes)["separable"].kernel == 512


def test_the_separable_kernel_is_an_outer_product():
    triangle = np.sqrt(np.diag(upsample_filt(64))).astype(np.float32)
    np.testing.assert_allclose(np.outer(triangle, triangle), upsample_filt(64), rtol=1e-6)
    assert requirements(32, 9)["separable"].kernel == 2 * triangle.nbytes


def test_only_the_exact_map_needs_no_array_of_all_classes():
    needs = requirements(32, 1000)
    scores = 4 * 768 * 1024 * 1000
    assert [need.activations for need in needs.values()][:3] == [scores] * 3
    assert needs["exact"].total < 30_000_000
    assert needs["dense"].total == 16_384_000_000 + scores


def test_the_factor_must_divide_the_image():
    with pytest.raises(ValueError, match=r"256.* 12"):
        requirements(12, 21)


def test_wrong_numbers_are_rejected():
    with pytest.raises(ValueError, match=r"classes.* 0"):
        requirements(8, 0)
    with pytest.raises(TypeError, match="factor"):
        requirements(8.0, 21)


def test_the_limit_of_a_container_applies(tmp_path):
    limit = tmp_path / "memory.max"
    limit.write_text("1000000\n")
    assert machine_nbytes(limit) == 1_000_000


@pytest.mark.parametrize("text", ["max\n", str(2**62)])
def test_without_a_limit_the_installed_memory_applies(tmp_path, text):
    (tmp_path / "memory.max").write_text(text)
    installed = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert machine_nbytes(tmp_path / "memory.max") == installed
    assert machine_nbytes(tmp_path / "absent") == installed


def test_the_memory_is_none_if_unknown(monkeypatch):
    monkeypatch.delattr(os, "sysconf")
    assert machine_nbytes() is None


@pytest.mark.parametrize(
    ("factor", "classes", "work", "nbytes"),
    [
        # One row of 33 squares between 32 cells: 262 squares hold 2**18 scores of 1000 classes,
        # so 7 rows fit. Each square takes 64 bytes per score and 36 per pixel.
        (32, 1000, 7 * 33 * (1000 * 64 + 32**2 * 36), 2),
        # 256 squares hold 2**18 pixels: 7 rows again. Labels of 21 classes take one byte.
        (32, 21, 7 * 33 * (21 * 64 + 32**2 * 36), 1),
        # 1024 squares of 256 pixels: 15 rows of 65.
        (16, 21, 15 * 65 * (21 * 64 + 16**2 * 36), 1),
        # 262 squares of 1000 scores: 2 rows of 129, although 4096 squares of 64 pixels would fit.
        (8, 1000, 2 * 129 * (1000 * 64 + 8**2 * 36), 2),
    ],
)
def test_the_exact_map_takes_its_labels_and_the_largest_block(factor, classes, work, nbytes):
    exact = requirements(factor, classes)["exact"]
    assert exact.kernel == 4 * factor
    assert exact.activations == work + nbytes * 768 * 1024
    assert exact.total == exact.kernel + exact.activations


def test_the_other_methods_take_their_scores_as_float32():
    for name in ("dense", "depthwise", "separable"):
        assert requirements(8, 21)[name].activations == 66_060_288  # 4 × 768 × 1024 × 21


@pytest.mark.parametrize(("classes", "nbytes"), [(256, 1), (257, 2)])
def test_labels_take_a_second_byte_from_257_classes_on(classes, nbytes):
    work = work_nbytes(256, 3, 4, classes)
    assert requirements(256, classes)["exact"].activations - work == nbytes * 768 * 1024


@pytest.mark.parametrize(
    ("factor", "rows", "cols", "squares"), [(32, 1, 1, 4), (8, 2, 3, 12), (16, 3, 1, 8)]
)
def test_few_scores_are_mapped_in_one_block(factor, rows, cols, squares):
    """There is one more square than cells along each axis."""
    expected = squares * (21 * 64 + factor**2 * 36)
    assert work_nbytes(factor, rows, cols, 21) == expected


@pytest.mark.parametrize(
    ("factor", "rows", "cols", "classes", "squares"),
    [
        (1024, 3, 4, 2, 1),  # a square of more pixels than a block
        (1, 3, 4, 300_000, 1),  # more classes than a block has scores
        (2, 3, 4, 5, 20),  # all squares fit into one block: (3 + 1) * (4 + 1)
        (256, 20, 20, 3, 4),  # 2**18 pixels are four squares of 256 by 256
    ],
)
def test_the_work_is_that_of_the_squares_of_the_largest_block(factor, rows, cols, classes, squares):
    expected = squares * (64 * classes + 36 * factor**2)
    assert work_nbytes(factor, rows, cols, classes) == expected
