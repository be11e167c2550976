"""Training on a reader's own pictures: loss, samples, cache, resuming, and the network's folder."""

from dataclasses import replace

import numpy as np
import pytest
from support.drawn_dataset import drawn_dataset, drawn_pairs
from support.failures import weights_error

from fcnlib.class_map.metrics import confusion_matrix, measure
from fcnlib.datasets.dataset import Dataset
from fcnlib.datasets.pairs import Pair, PairReader
from fcnlib.errors import FcnlibError, PictureError
from fcnlib.networks import backbones, model_folder
from fcnlib.training.own_data import run, samples
from fcnlib.training.own_data.class_weights import balanced
from fcnlib.training.own_data.evaluation import as_csv, collapsed, confusion_picture, evaluate
from fcnlib.training.own_data.features import STRIDES, FrozenBackbone, window
from fcnlib.training.own_data.learner import Learner
from fcnlib.training.own_data.options import Options, learning_rate, share_done
from fcnlib.training.own_data.samples import Samples, Stream
from fcnlib.training.own_data.trainer import Trainer

QUICK = Options(backbone="small", steps=6, batch_size=2, crop=(64, 64), warm_up=2, validate_every=3)
FROZEN = replace(QUICK, backbone="voc", freeze="all")


READ = PairReader(pytest.fail)


@pytest.fixture(scope="module")
def dataset():
    return drawn_dataset()


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "features"


def batch_of(labels):
    """Return a batch with one black picture that has these labels in its first row, void below."""
    plane = np.full((1, 32, 32), 255, np.uint8)
    plane[0, 0, : len(labels)] = labels
    return np.zeros((1, 32, 32, 3), np.uint8), plane


def test_void_pixels_do_not_count_in_the_loss():
    """All scores start at zero, so each counted pixel loses ln 3, however many are void."""
    for labels in ([0], [0, 1, 2, 255, 7]):
        learner = Learner(QUICK, 3)
        assert learner.step([batch_of(labels)], 0.0) == pytest.approx(np.log(3), abs=1e-5)
        learner.close()


def test_pixels_count_by_the_weights_of_their_classes():
    """With biases ln 2 and 0, class 0 has probability 2/3: losses ln 1.5 and ln 3."""
    learner = Learner(QUICK, 2, np.array([1, 3], np.float32))
    learner.restore({"fcn/score_fr/biases": np.array([np.log(2), 0], np.float32)})
    # Upsampled scores are smaller at the rim, so the first row is scored by constant kernels.
    for factor, side in (("2", 4), ("_pool4", 4), ("8", 16)):
        kernel = np.zeros((side, side, 2, 1), np.float32)
        kernel[side // 4 : 3 * side // 4, side // 4 : 3 * side // 4] = 1
        learner.restore({f"fcn/upscore{factor}/weights": kernel})
    loss = learner.step([batch_of([0, 0, 1])], 0.0)
    assert loss == pytest.approx((2 * np.log(1.5) + 3 * np.log(3)) / 5, abs=1e-5)
    learner.close()


def test_a_batch_of_void_pixels_changes_nothing():
    learner = Learner(QUICK, 3)
    before = learner.weights()
    assert learner.step([batch_of([255])], 0.1) == 0
    for name, values in learner.weights().items():
        np.testing.assert_array_equal(values, before[name])
    learner.close()


def test_accumulated_batches_give_the_step_of_one_large_batch(dataset):
    samples = Samples(dataset.splits["train"], QUICK, READ)
    batches = [np.stack(arrays) for arrays in zip(*map(samples.sample, range(4)), strict=True)]
    large = Learner(replace(QUICK, batch_size=4), 7)
    small = Learner(replace(QUICK, accumulate=2), 7)
    small.restore(large.weights())
    for _ in range(2):
        one = large.step([batches], 1e-3)
        two = small.step([[a[:2] for a in batches], [a[2:] for a in batches]], 1e-3)
        assert one == pytest.approx(two, rel=1e-5)
    found = small.weights()
    for name, values in large.weights().items():
        np.testing.assert_allclose(found[name], values, atol=2e-5)
    large.close()
    small.close()


@pytest.mark.parametrize(
    ("freeze", "fixed", "changed"),
    [
        ("none", (), ("Conv/weights", "expanded_conv_16/project/weights", "fcn/score_fr/weights")),
        (
            "half",
            ("Conv/weights", "expanded_conv_5/project/weights"),
            ("expanded_conv_6/expand/weights", "fcn/score_fr/weights"),
        ),
    ],
)
def test_only_layers_that_are_not_frozen_change(dataset, freeze, fixed, changed):
    options = replace(QUICK, backbone="voc", freeze=freeze, warm_up=0)
    with Trainer(dataset, options) as trainer:
        before = trainer.weights()
        for _ in range(2):
            trainer.step()
        after = trainer.weights()
    moved = {name for name, values in after.items() if (values != before[name]).any()}
    assert not [n for n in moved if n.removeprefix("MobilenetV2/") in fixed]
    assert set(changed) <= {n.removeprefix("MobilenetV2/") for n in moved}


def test_a_frozen_backbone_keeps_all_its_weights(dataset, cache):
    shipped = backbones.BACKBONES["voc"].weights(lambda *_: None)
    with Trainer(dataset, FROZEN, cache=cache) as trainer:
        trainer.step()
        weights = trainer.weights()
    assert weights["fcn/score_fr/weights"].any()
    kept = [name for name in weights if not name.startswith("fcn/")]
    assert len(kept) > 90
    for name in kept:
        np.testing.assert_array_equal(weights[name], shipped[name])


def test_random_weights_cannot_be_frozen():
    with pytest.raises(ValueError, match="small"):
        replace(QUICK, freeze="all")


def frozen_voc(folder, **options):
    return FrozenBackbone("voc", backbones.BACKBONES["voc"].weights(print), folder, **options)


def test_cached_features_are_those_that_were_computed(cache):
    picture = drawn_pairs([1], (64, 90))[0].read()[0]
    first = frozen_voc(cache)
    computed = first.features(picture)
    first.close()
    second = frozen_voc(cache)
    second._computed = pytest.fail
    cached = second.features(picture)
    assert {s: values.shape for s, values in cached.items()} == {
        8: (8, 12, 16), 16: (4, 6, 48), 32: (2, 3, 160)
    }  # fmt: skip
    for stride in STRIDES:
        np.testing.assert_array_equal(cached[stride], computed[stride])
        assert isinstance(cached[stride], np.memmap)
    second.close()


def test_other_pictures_and_damaged_files_are_computed_anew(cache):
    picture = drawn_pairs([1], (64, 64))[0].read()[0]
    frozen = frozen_voc(cache)
    expected = frozen.features(picture)
    (file,) = cache.iterdir()
    file.write_bytes(file.read_bytes()[:-10])
    np.testing.assert_array_equal(frozen.features(picture)[8], expected[8])
    assert (frozen.features(picture + np.uint8(1))[8] != expected[8]).any()
    assert len([*cache.iterdir()]) == 2
    frozen.close()


def test_the_cache_stays_within_its_limit(cache):
    """A file of features of 64 × 64 px has 2 (1024 + 768 + 640) + 128 bytes."""
    pictures = [drawn_pairs([seed], (64, 64))[0].read()[0] for seed in range(3)]
    first = frozen_voc(cache)
    first.features(pictures[0])
    first.close()
    (old,) = cache.iterdir()
    assert old.stat().st_size == 2 * (64 * 16 + 16 * 48 + 4 * 160) + 128
    second = frozen_voc(cache, max_nbytes=11_000)
    for picture in pictures[1:] + pictures[:1]:
        second.features(picture)
    # The old file makes room for the second new one; what is in use stays.
    assert len([*cache.iterdir()]) == 2
    assert not old.exists()
    second.close()


def test_a_window_beyond_the_picture_is_zero():
    features = {8: np.ones((8, 8, 2)), 32: np.ones((2, 2, 3))}
    found = window(features, 32, 0, (64, 64))
    assert found[8].shape == (8, 8, 2)
    assert found[8][:4].all()
    assert not found[8][4:].any()
    assert found[32][:, :, 0].tolist() == [[1, 1], [0, 0]]


def test_frozen_samples_are_windows_of_the_features_and_their_labels(dataset, cache):
    pairs = drawn_pairs([5], (64, 90))
    frozen = frozen_voc(cache)
    samples = Samples(pairs, FROZEN, READ, frozen)
    picture, labels = pairs[0].read()
    padded = np.pad(labels, ((0, 0), (0, 6)), constant_values=255)
    mirrored = np.pad(labels[:, ::-1], ((0, 0), (0, 6)), constant_values=255)
    whole = {False: frozen.features(picture), True: frozen.features(picture[:, ::-1])}
    seen = set()
    for number in range(12):
        at_8, _, _, part = samples.sample(number)
        matches = [
            (mirror, left)
            for mirror, plane in ((False, padded), (True, mirrored))
            for left in (0, 32)
            if np.array_equal(part, plane[:, left : left + 64])
        ]
        (found,) = matches
        mirror, left = found
        np.testing.assert_array_equal(at_8, whole[mirror][8][:, left // 8 : left // 8 + 8])
        seen.add(found)
    assert len(seen) == 4
    frozen.close()


def test_batches_continue_in_order_from_any_step(dataset):
    samples = Samples(dataset.splits["train"], QUICK, READ)
    whole = Stream(samples.sample, [np.uint8, np.uint8], 2)
    later = Stream(samples.sample, [np.uint8, np.uint8], 2, first=2)
    batches = [whole.next() for _ in range(4)]
    for pictures, labels in batches[2:]:
        resumed = later.next()
        np.testing.assert_array_equal(resumed[0], pictures)
        np.testing.assert_array_equal(resumed[1], labels)
    assert (batches[0][0] != batches[2][0]).any()
    whole.close()
    later.close()


def damaged_pair(name):
    def read():
        raise PictureError("damaged", f"{name} is damaged.")

    return Pair(name, read)


def test_a_damaged_picture_is_reported_and_replaced_by_the_next(dataset):
    errors = []
    pairs = [damaged_pair("broken"), *dataset.splits["train"][:1]]
    samples = Samples(pairs, QUICK, PairReader(errors.append))
    first, second = samples.sample(0), samples.sample(1)
    assert first[0].shape == second[0].shape == (64, 64, 3)
    assert len(errors) == 1
    assert "broken" in errors[0]


def test_only_damaged_pictures_end_the_training_with_the_projects_error():
    samples = Samples([damaged_pair("broken")], QUICK, PairReader(lambda _: None))
    stream = Stream(samples.sample, [np.uint8, np.uint8], 2)
    with pytest.raises(FcnlibError) as caught:
        stream.next()
    assert caught.value.code == "no_pictures"
    stream.close()


def test_the_learning_rate_falls_with_the_steps_or_the_time_whichever_is_ahead():
    options = Options(steps=100, minutes=1, warm_up=0, learning_rate=1.0)
    assert learning_rate(options, 50, 0) == pytest.approx(0.5)
    assert learning_rate(options, 0, 30) == pytest.approx(0.5)
    assert learning_rate(options, 50, 45) == pytest.approx((1 - np.sqrt(0.5)) / 2)
    assert share_done(replace(options, steps=None), 10**6, 15) == 0.25
    with pytest.raises(ValueError, match="never ends"):
        Options(steps=None)


def test_a_training_ends_at_its_time_limit_with_a_measurement(dataset):
    """The clock of this test advances by ten seconds per look."""
    now = iter(range(0, 10**6, 10))
    options = replace(QUICK, steps=None, minutes=2, validate_every=1000)
    with Trainer(dataset, options, clock=lambda: next(now)) as trainer:
        found = {}
        while not trainer.progress.done:
            found = trainer.step()
        assert 1 < trainer.progress.step < 12
        assert "validation_mean_iu" in found


def test_a_training_stops_early_and_keeps_the_best_weights(dataset):
    """Without a learning rate nothing improves after the first measurement."""
    options = replace(QUICK, learning_rate=0.0, validate_every=1, patience=2, steps=50)
    with Trainer(dataset, options) as trainer:
        while not trainer.progress.done:
            trainer.step()
        assert (trainer.progress.step, trainer.progress.best_step) == (3, 1)


@pytest.mark.parametrize("options", [QUICK, FROZEN], ids=["small", "frozen"])
def test_a_resumed_training_ends_like_an_uninterrupted_one(dataset, options, tmp_path, cache):
    with Trainer(dataset, options, cache=cache) as whole:
        expected = [whole.step() for _ in range(6)]
        weights = whole.weights()
    with Trainer(dataset, options, cache=cache) as first:
        for _ in range(4):
            first.step()
        first.save(tmp_path / "state.npz")
    with Trainer(dataset, options, cache=cache) as second:
        second.load(tmp_path / "state.npz")
        assert [second.step() for _ in range(2)] == expected[4:]
        assert second.progress.done
        for name, values in second.weights().items():
            np.testing.assert_array_equal(values, weights[name])


def test_a_state_of_other_options_or_pictures_raises(dataset, tmp_path):
    with Trainer(dataset, QUICK) as trainer:
        trainer.save(tmp_path / "state.npz")
    for other, options, name in (
        (dataset, replace(QUICK, seed=1), "seed"),
        (drawn_dataset(train=3), QUICK, "pictures"),
    ):
        with Trainer(other, options) as trainer, weights_error("other_options", name):
            trainer.load(tmp_path / "state.npz")


def test_without_pictures_there_is_nothing_to_train_on(dataset):
    with pytest.raises(FcnlibError) as caught:
        Trainer(drawn_dataset(train=0), QUICK)
    assert caught.value.code == "no_pictures"


def test_rare_classes_weigh_more(dataset):
    weights = balanced(dataset, READ)
    counts = sum(np.bincount(p.read()[1].ravel(), minlength=7) for p in dataset.splits["train"])
    order = [c for c in np.argsort(counts) if counts[c]]
    assert weights[order[0]] > 1 > weights[order[-1]]
    assert (weights[counts == 0] == 1).all()


def test_metrics_are_computed_at_the_size_of_the_labels_without_void():
    labels = np.zeros((64, 128), np.uint8)
    labels[:, 64:] = 1
    labels[:32] = 255
    pairs = [Pair("halves", lambda: (np.zeros((64, 128, 3), np.uint8), labels)), damaged_pair("b")]
    errors = []

    def predict(picture):
        assert picture.shape == (32, 64, 3)
        return np.repeat([[0] * 48 + [1] * 16], 32, 0).astype(np.uint8)

    confusion = evaluate(predict, pairs, 2, 64, read=PairReader(errors.append))
    assert confusion.tolist() == [[2048, 0], [1024, 1024]]
    assert len(errors) == 1


def test_a_network_that_predicts_one_class_is_noticed():
    assert collapsed(np.array([[990, 5], [5, 0]])) == 0
    assert collapsed(np.array([[0, 10], [0, 990]])) == 1
    assert collapsed(np.array([[1000, 0], [0, 0]])) is None
    assert collapsed(np.array([[900, 0], [50, 50]])) is None


def test_a_confusion_matrix_becomes_a_table():
    text = as_csv(np.array([[1, 2], [3, 4]]), ("sky", "a, b"))
    assert text == 'true class,sky,"a, b"\nsky,1,2\n"a, b",3,4\n'


def halves():
    """Return a picture of two colors, each of a class of its own, with void between them."""
    picture = np.zeros((64, 96, 3), np.uint8)
    picture[:, 40:] = (250, 120, 10)
    labels = np.zeros((64, 96), np.uint8)
    labels[:, 40:] = 1
    labels[:, 38:42] = 255
    return picture, labels


def test_a_confusion_matrix_is_drawn_with_dark_cells_for_large_percentages():
    confusion = np.array([[10, 0, 0], [3, 1, 0], [0, 0, 0]])
    picture = confusion_picture(confusion, ["sky", "tree" * 20, ""])
    corners = picture[42:162:40, 152:272:40].astype(int)
    expected = 255 - np.array([[1, 0, 0], [0.75, 0.25, 0], [0, 0, 0]])[..., None] * (
        255 - np.array([34, 95, 144])
    )
    np.testing.assert_allclose(corners, expected, atol=0.5)


def test_two_colors_can_be_told_apart(tmp_path):
    pairs = {"train": [Pair("halves", halves)]}
    dataset = Dataset(("dark", "bright"), np.array([[0, 0, 0], [255, 255, 0]], np.uint8), pairs)
    options = replace(QUICK, backbone="imagenet", steps=40, crop=(64, 96), warm_up=4)
    result = run.train(dataset, options, tmp_path)
    assert result.split == "train"
    assert result.metrics.mean_iu > 0.95
    assert result.confusion.sum() == 64 * 92


@pytest.mark.slow
def test_one_picture_can_be_learned_by_heart(tmp_path, monkeypatch):
    """It is shown as it is: a random scale and brightness would make it many pictures."""
    monkeypatch.setattr(samples, "augment", lambda picture, labels, *_: (picture, labels))
    dataset = drawn_dataset(train=1, val=0)
    options = replace(
        QUICK, backbone="imagenet", steps=400, batch_size=1, crop=(64, 96), warm_up=10
    )
    assert run.train(dataset, options, tmp_path).metrics.mean_iu > 0.95


def test_a_training_writes_a_network_that_gives_the_same_labels_everywhere(
    dataset, tmp_path, cache
):
    result = run.train(dataset, FROZEN, tmp_path, cache=cache, save_every=2)
    assert {path.name for path in result.folder.iterdir()} == {
        "README.md", "model.json", "weights.npz",
        "val.json", "val_confusion.csv", "val_confusion.png",
    }  # fmt: skip
    network = model_folder.load(result.folder)
    model = model_folder.read(result.folder)
    assert model.classes == network.class_names == dataset.classes
    np.testing.assert_array_equal(network.palette, dataset.palette)
    total = 0
    for pair in dataset.splits["val"]:
        picture, labels = pair.read()
        prediction = network.scores(picture[:64, :96]).logits.argmax(-1)
        total += confusion_matrix(labels, prediction, 7)
    np.testing.assert_array_equal(result.confusion, total)
    assert f"{100 * measure(total).mean_iu:.2f}" in (result.folder / "README.md").read_text()
    assert [*(tmp_path / "logs").glob("events.out.tfevents.*")]
    network.close()
