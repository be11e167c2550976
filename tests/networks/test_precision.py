import numpy as np
import pytest
from support.checkpoint_factory import NARROW, random_weights

from fcnlib.networks import Network, precision, vgg
from fcnlib.networks.graph import Scores

SHAPES = vgg.vgg_16_shapes(**NARROW)
ZEN_4 = "processor\t: 0\nflags\t\t: fpu avx512f avx512_bf16 amx_tile\nbugs\t\t: none\n"


def build(images):
    return Scores(vgg.vgg_16(images, **NARROW)[0], vgg.STRIDE)


def network_in(name):
    network = Network("narrow", [""] * 9, build, precision=name)
    for variable, values in random_weights(SHAPES):
        network.assign(variable, values)
    return network


@pytest.mark.parametrize(
    ("text", "supported"),
    [
        (ZEN_4, True),
        (ZEN_4.replace("avx512_bf16", "amx_bf16"), True),
        (ZEN_4.replace("avx512_bf16", "avx512_vnni"), False),
        ("", False),
        ("flags", False),
    ],
)
def test_the_flags_of_the_processor_decide(text, supported, tmp_path, monkeypatch):
    (tmp_path / "cpuinfo").write_text(text)
    monkeypatch.setattr(precision, "CPU_INFO", tmp_path / "cpuinfo")
    precision.has_bfloat16.cache_clear()
    try:
        assert precision.has_bfloat16() is supported
        assert precision.choose() == ("bfloat16" if supported else "float32")
        assert precision.choose("float32") == "float32"
        assert precision.choose("bfloat16") == "bfloat16"
    finally:
        precision.has_bfloat16.cache_clear()


def test_without_a_list_of_flags_float32_is_chosen(tmp_path, monkeypatch):
    monkeypatch.setattr(precision, "CPU_INFO", tmp_path / "absent")
    precision.has_bfloat16.cache_clear()
    try:
        assert precision.choose() == "float32"
    finally:
        precision.has_bfloat16.cache_clear()


def test_other_formats_are_rejected():
    with pytest.raises(ValueError, match=r"auto, float32, bfloat16.*'float16'"):
        precision.choose("float16")


def test_bfloat16_gives_nearly_the_scores_of_float32():
    picture = np.random.default_rng(3).integers(0, 256, (128, 160, 3), np.uint8)
    exact, rounded = (network_in(name).scores(picture).coarse_logits for name in precision.FORMATS)
    assert exact.dtype == rounded.dtype == np.float32
    difference = np.abs(exact - rounded).max() / np.ptp(exact)
    # Eight bits of significand: a unit in the last place is 1/256.
    assert 1e-5 < difference < 0.02
    assert (exact.argmax(-1) == rounded.argmax(-1)).mean() > 0.8


def test_variables_have_the_format():
    """Values that bfloat16 cannot represent are rounded on assignment."""
    network = network_in("bfloat16")
    name = "vgg_16/fc8/biases"
    third = np.full(9, 1 / 3, np.float32)
    for layer in SHAPES:
        network.assign(layer, np.zeros(SHAPES[layer], np.float32))
    network.assign(name, third)
    scores = network.scores(np.zeros((32, 32, 3), np.uint8)).coarse_logits
    np.testing.assert_array_equal(scores, np.full((1, 1, 9), 0.333984375))


def test_rounding_to_bfloat16_is_that_of_tensorflows_own_type():
    from ml_dtypes import bfloat16

    bits = np.random.default_rng(0).integers(0, 0x7F000000, 20_000, np.uint32)
    halfway = np.uint32(0x3F808000) + (np.arange(64, dtype=np.uint32) << 16)
    values = np.concatenate([bits, halfway]).view(np.float32)
    values = np.concatenate([values, -values, np.zeros(1, np.float32)])
    expected = values.astype(bfloat16).astype(np.float32)
    np.testing.assert_array_equal(precision.as_bfloat16(values), expected)
    assert precision.as_bfloat16(np.ones((2, 3), np.float32)).shape == (2, 3)
