"""The trainer, its batches, the three stages, and the command that runs them."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from support.failures import weights_error
from support.killing import kill_once_written

from fcnlib import scenes
from fcnlib.cli import main
from fcnlib.errors import Cancelled
from fcnlib.networks import small_fcn
from fcnlib.networks.npz_weights import read_arrays, read_weights, write_arrays
from fcnlib.training import Options, Trainer, learning_rate, stages
from fcnlib.training.batches import Batches

SMALL = small_fcn.Widths((4, 8, 8, 12, 12), 16, 1)
QUICK = Options(
    head="fcn_8s", steps=12, size=(64, 64), batch_size=2, num_scenes=8, warm_up=2, widths=SMALL
)


def run_steps(trainer, count):
    return [trainer.step() for _ in range(count)]


def test_the_loss_starts_at_the_entropy_of_seven_equal_classes():
    """Score layers start at zero, so every class has the same probability: ln 7 nats."""
    with Trainer(QUICK) as trainer:
        assert trainer.step().loss == pytest.approx(np.log(7), abs=1e-5)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_result():
    with Trainer(QUICK) as first, Trainer(QUICK) as second:
        assert run_steps(first, 4) == run_steps(second, 4)
        for name, values in first.weights().items():
            np.testing.assert_array_equal(values, second.weights()[name])


@pytest.mark.slow
def test_another_seed_gives_another_result():
    with Trainer(QUICK) as first, Trainer(replace(QUICK, seed=1)) as second:
        assert run_steps(first, 2) != run_steps(second, 2)


def test_a_resumed_training_continues_like_an_uninterrupted_one(tmp_path):
    with Trainer(QUICK) as whole:
        uninterrupted = run_steps(whole, 5)
    with Trainer(QUICK) as first:
        run_steps(first, 3)
        first.save(tmp_path / "state.npz")
    with Trainer(QUICK) as second:
        second.load(tmp_path / "state.npz")
        assert second.steps_done == 3
        assert run_steps(second, 2) == uninterrupted[3:]


def test_a_state_saved_with_other_options_raises(tmp_path):
    with Trainer(QUICK) as trainer:
        trainer.save(tmp_path / "state.npz")
    changes = {"seed": 5, "learning_rate": 0.5, "size": (96, 64)}
    for name, value in changes.items():
        with (
            Trainer(replace(QUICK, **{name: value})) as other,
            weights_error("other_options", "state.npz", name) as caught,
        ):
            other.load(tmp_path / "state.npz")
        message = str(caught.value)
        assert not [other for other in changes if other != name and other in message]
        assert "Options(" not in message


def test_a_state_without_options_raises(tmp_path):
    for saved in ("", "Options(seed=3)", "[1]"):
        arrays = {"__steps__": np.array(1), "__options__": np.array(saved)}
        write_arrays(tmp_path / "state.npz", arrays)
        with Trainer(QUICK) as trainer, weights_error("other_options", "state.npz"):
            trainer.load(tmp_path / "state.npz")


def test_only_a_trainable_kernel_changes():
    kernels = {}
    for trainable in (False, True):
        with Trainer(replace(QUICK, trainable_kernel=trainable)) as trainer:
            before = trainer.kernels()
            run_steps(trainer, 4)
            kernels[trainable] = np.abs(trainer.kernels() - before).max()
    assert kernels[False] == 0
    assert kernels[True] > 1e-4


@pytest.mark.parametrize(("head", "size"), [("fcn_32s", 64), ("fcn_16s", 32), ("fcn_8s", 16)])
def test_the_kernels_are_those_of_the_last_upsampling(head, size):
    with Trainer(replace(QUICK, head=head, kernel_start="zero")) as trainer:
        assert trainer.kernels().shape == (size, size, 7)
        assert not trainer.kernels().any()


def test_a_head_starts_from_the_weights_of_the_previous_one():
    with Trainer(replace(QUICK, head="fcn_32s")) as before:
        run_steps(before, 3)
        learned = before.weights()
    with Trainer(replace(QUICK, head="fcn_16s"), learned) as after:
        started = after.weights()
    shared = set(learned) & set(started)
    assert {"vgg_16/fc7/weights", "fcn/score_fr/weights"} <= shared
    for name in shared:
        np.testing.assert_array_equal(started[name], learned[name])
    assert not started["fcn/score_pool4/weights"].any()


def test_prediction_and_metrics_agree():
    with Trainer(QUICK) as trainer:
        run_steps(trainer, 2)
        scene = scenes.scene(3, QUICK.size)
        accuracy = (trainer.predict(scene.picture) == scene.labels).mean()
        assert trainer.evaluate([3]).pixel_accuracy == pytest.approx(accuracy)


def test_learning_rate_rises_and_falls():
    options = Options(steps=20, warm_up=4, learning_rate=2.0)
    rates = [learning_rate(options, step) for step in range(21)]
    np.testing.assert_allclose(rates[:5], [0.5, 1.0, 1.5, 2.0, 2.0])
    assert rates[12] == pytest.approx(1.0)
    assert rates[20] == pytest.approx(0.0)
    assert all(np.diff(rates[4:]) <= 0)


def test_an_unknown_head_raises():
    with pytest.raises(ValueError, match="fcn_32s, fcn_16s, fcn_8s"):
        Trainer(replace(QUICK, head="fcn_4s"))
    with pytest.raises(ValueError, match="fcn_32s, fcn_16s, fcn_8s"):
        small_fcn.build(None, "fcn_4s")


def test_an_epoch_has_every_scene_once_and_the_next_one_another_order():
    with Batches(seed=0, num_scenes=6, batch_size=2, size=(32, 32)) as batches:
        numbers = [number for step in range(6) for number in batches.numbers(step)]
    assert sorted(numbers[:6]) == sorted(numbers[6:]) == list(range(6))
    assert numbers[:6] != numbers[6:]


def test_pictures_and_labels_are_mirrored_together():
    with Batches(seed=0, num_scenes=4, batch_size=4, size=(32, 64)) as batches:
        pictures, labels = batches.batch(0)
        drawn = [scenes.scene(scenes.TRAIN_SEEDS[n], (32, 64)) for n in batches.numbers(0)]
    mirrored = []
    for picture, label, scene in zip(pictures, labels, drawn, strict=True):
        mirrored.append(not np.array_equal(picture, scene.picture))
        step = -1 if mirrored[-1] else 1
        np.testing.assert_array_equal(picture, scene.picture[:, ::step])
        np.testing.assert_array_equal(label, scene.labels[:, ::step])
    assert any(mirrored)
    assert not all(mirrored)


@pytest.mark.parametrize(("num_scenes", "batch_size"), [(1, 2), (0, 0), (10**7, 2)])
def test_impossible_batches_raise(num_scenes, batch_size):
    with pytest.raises(ValueError, match=f"batch_size {batch_size} and num_scenes {num_scenes}"):
        Batches(0, num_scenes, batch_size, (32, 32))


def test_all_heads_are_trained_and_every_step_is_reported(tmp_path):
    reports = []
    path = stages.train(QUICK, tmp_path, lambda fraction, text: reports.append((fraction, text)))
    fractions = [fraction for fraction, _ in reports]
    assert len(fractions) == sum(stage.steps for stage in stages.stages(QUICK))
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    for value in ("fcn_32s", "1/6", "1.9459"):
        assert value in reports[0][1]
    assert {head for head in stages.SHARES if read_weights(head, path)} == set(stages.SHARES)
    assert list((tmp_path / "logs" / "fcn_8s").glob("events.out.tfevents.*"))


def test_each_head_is_trained_from_the_previous_one(tmp_path, monkeypatch):
    starts, ends = [], []

    def train_head(options, folder, start, report, **_):
        starts.append(start)
        ends.append({"w": np.full(1, len(ends))})
        return ends[-1]

    monkeypatch.setattr(stages, "train_head", train_head)
    stages.train(QUICK, tmp_path)
    assert starts == [None, ends[0], ends[1]]


def test_summaries_can_be_read_by_tensorflow(tmp_path):
    from fcnlib import runtime

    stages.train_head(replace(QUICK, steps=3), tmp_path, save_every=1)
    (log,) = (tmp_path / "logs" / "fcn_8s").iterdir()
    events = runtime.load().tf1.train.summary_iterator(str(log))
    written = {(event.step, value.tag) for event in events for value in event.summary.value}
    assert {(3, "loss"), (3, "mean_iu"), (3, "learning_rate")} <= written


@pytest.mark.slow
def test_a_cancelled_training_keeps_its_saved_states(tmp_path):
    def cancel(fraction, text):
        if fraction > 0.6:
            raise Cancelled

    with pytest.raises(Cancelled):
        stages.train(QUICK, tmp_path, cancel, save_every=1)
    assert (tmp_path / "fcn_32s.state.npz").exists()
    assert not (tmp_path / stages.WEIGHTS_NAME).exists()


COMMAND = ["train", "--seed=3", "--scenes=16", "--batch-size=2", "--save-every=2"]


@pytest.mark.slow
def test_two_hundred_steps_lower_the_loss_and_raise_mean_iu(tmp_path, capsys):
    """Run the command of the README on smaller scenes."""
    main([*COMMAND, "--size", "64", "96", "--steps=200", f"--folder={tmp_path}"])
    assert str(tmp_path / "weights.npz") in capsys.readouterr().out
    figures = read_figures(tmp_path)
    assert figures["fcn_8s"]["loss"] < 0.8 * np.log(7)
    assert figures["fcn_8s"]["mean_iu"] > figures["fcn_32s"]["mean_iu"] > 0.1


def read_figures(folder):
    """Return the last values of every head from its summaries."""
    from fcnlib import runtime

    found = {}
    for log in folder.glob("logs/*/*"):
        for event in runtime.load().tf1.train.summary_iterator(str(log)):
            for value in event.summary.value:
                found.setdefault(log.parent.name, {})[value.tag] = value.simple_value
    return found


@pytest.mark.slow
def test_a_killed_command_resumes_and_gives_the_same_weights(tmp_path):
    words = [*COMMAND, "--size", "64", "64", "--steps=24"]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    main([*words, f"--folder={whole}"])
    command = [sys.executable, "-m", "fcnlib", *words, f"--folder={killed}"]
    kill_once_written(killed / "fcn_16s.state.npz", command)
    assert not (killed / "weights.npz").exists()
    subprocess.run(command, check=True, capture_output=True)
    expected, found = (read_arrays(folder / "weights.npz") for folder in (whole, killed))
    assert expected.keys() == found.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values)
