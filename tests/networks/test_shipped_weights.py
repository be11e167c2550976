import re
from contextlib import closing
from types import SimpleNamespace

import numpy as np
import pytest

from fcnlib import runtime, scenes
from fcnlib.cli import main
from fcnlib.networks import built_in, small_fcn
from fcnlib.networks.npz_weights import SHIPPED, read_arrays

CARD = (SHIPPED.parent / "README.md").read_text()
FIGURES = ("pixel_accuracy", "mean_accuracy", "mean_iu", "frequency_weighted_iu")


def card_table(scenes_used):
    """Return the model card's metrics in percent by head, for a number of test scenes."""
    section = CARD.split(f"### {scenes_used} test scenes")[1].split("###")[0]
    rows = re.findall(r"^\| FCN-(\d+s) \|(.+)\|$", section, re.MULTILINE)
    return {f"fcn_{head}": [float(cell) for cell in cells.split("|")] for head, cells in rows}


@pytest.fixture(scope="module")
def networks():
    loaded = {head: built_in.network(head) for head in built_in.NAMES}
    yield loaded
    for network in loaded.values():
        network.close()


def test_the_file_is_small_and_holds_three_heads():
    assert SHIPPED.stat().st_size <= 8_000_000
    arrays = read_arrays(SHIPPED)
    assert {name.split("/")[0] for name in arrays} == set(built_in.NAMES)
    assert all(np.isfinite(values).all() for values in arrays.values())


@pytest.mark.slow
@pytest.mark.parametrize("head", built_in.NAMES)
def test_the_first_50_test_scenes_give_the_metrics_of_the_model_card(networks, head):
    """In percent. Rounding on other machines may change a few of 1.8 million pixels."""
    metrics = built_in.evaluate(networks[head], scenes.TEST_SEEDS[:50])
    figures = [100 * getattr(metrics, name) for name in FIGURES] + list(100 * metrics.iu)
    np.testing.assert_allclose(figures, card_table(50)[head], atol=0.03)


def test_the_model_card_meets_the_goal_on_the_whole_test_set():
    mean_iu = {head: figures[2] for head, figures in card_table(len(scenes.TEST_SEEDS)).items()}
    assert mean_iu["fcn_8s"] >= 85
    assert mean_iu["fcn_8s"] - mean_iu["fcn_16s"] >= 3
    assert mean_iu["fcn_16s"] - mean_iu["fcn_32s"] >= 3


def test_scores_have_the_size_of_the_image_and_include_the_sums(networks):
    scores = networks["fcn_8s"].scores(scenes.scene(0).picture)
    assert scores.logits.shape == (160, 224, 7)
    assert scores.coarse_factor == 8
    assert scores.sums["score_fr"].shape == (5, 7, 7)
    assert scores.sums["score_pool3"].shape == scores.sums["fuse_pool3"].shape == (20, 28, 7)


def test_an_unknown_head_is_rejected():
    with pytest.raises(ValueError, match="fcn_32s, fcn_16s, fcn_8s"):
        built_in.network("fcn_2s")


def test_evaluate_prints_a_row_per_head(capsys):
    main(["evaluate", "--scenes", "2"])
    out = capsys.readouterr().out
    assert "2 test scenes" in out
    assert re.findall(r"^fcn_\d+s", out, re.MULTILINE) == list(built_in.NAMES)


def test_evaluate_without_weights_names_the_command_to_train(tmp_path, capsys):
    assert main(["evaluate", "--weights", str(tmp_path / "none.npz")]) == 1
    assert "python -m fcnlib train" in capsys.readouterr().err


def test_by_default_the_finest_head_is_loaded_and_built():
    with closing(built_in.network()) as network:
        assert (network.name, network.coarse_factor) == ("FCN-8s (drawn scenes)", 8)
    with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default():
        assert small_fcn.build(tf1.zeros((1, 32, 32, 3))).coarse_factor == 8


def test_by_default_the_whole_test_set_is_measured(monkeypatch):
    seen = []
    labels = np.arange(7).reshape(1, 7)
    scores = SimpleNamespace(logits=np.eye(7)[labels])
    network = SimpleNamespace(scores=lambda picture: scores)

    def scene(seed):
        seen.append(seed)
        return SimpleNamespace(picture=None, labels=labels)

    monkeypatch.setattr(scenes, "scene", scene)
    assert built_in.evaluate(network).mean_iu == 1
    assert seen == list(scenes.TEST_SEEDS)
    assert len(seen) == 200
