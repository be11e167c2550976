"""A short training on a few pictures, as the app runs it: what it watches, keeps and refuses."""

import io
import zipfile

import numpy as np
import pytest
from support.failures import error_of, weights_error

from fcnlib import images, scenes
from fcnlib.class_map.metrics import confusion_matrix, measure
from fcnlib.datasets.pairs import VOID
from fcnlib.engine.context import Context, Mailbox
from fcnlib.errors import FcnlibError
from fcnlib.networks import model_folder
from fcnlib.segmentation.tasks import segment_with_uploads
from fcnlib.training.options import Progress
from fcnlib.training.own_data import live
from fcnlib.training.own_data.live import Labeled, Picture, Snapshot

SIZE = (96, 128)
STREETS = [scenes.scene(seed, SIZE) for seed in range(11, 18)]


def street(scene, labels=None):
    labels = scene.labels.astype(np.uint8) if labels is None else labels
    png = images.encode_png(labels) if labels.size else b""
    return Picture(images.encode_png(scene.picture), png)


def labeled(*pictures):
    return Labeled(scenes.CLASSES, scenes.PALETTE, pictures)


def train(pictures, steps=12, words=()):
    options = live.short_options("fcn_8s", backbone="imagenet", steps=steps)
    published, mailbox = [], Mailbox()
    for word in words:
        mailbox.put(word)
    live.train(options, pictures, 5.0, Context(lambda *_: None, published.append, mailbox))
    history = [news for news in published if isinstance(news, Progress)]
    snapshots = [news for news in published if isinstance(news, Snapshot)]
    return options, history, snapshots


@pytest.fixture(scope="module")
def trained():
    unlabeled = street(STREETS[6], np.zeros((0, 0), np.uint8))
    pictures = labeled(*map(street, STREETS[:6]), unlabeled)
    return pictures, *train(pictures, 40)


def test_the_watched_pictures_are_those_without_labels_and_those_held_out(trained):
    pictures, _, history, snapshots = trained
    assert pictures.held_out() == [4]
    assert pictures.watched() == [6, 4, 0]
    assert [news.step for news in history] == list(range(1, 41))
    assert snapshots[0].step == 0
    assert snapshots[-1].step == 40
    assert [labels.shape for labels in snapshots[-1].predictions] == [SIZE] * 3


def test_a_head_learns_classes_in_a_few_steps(trained):
    _, _, history, snapshots = trained
    # All scores begin at zero, so each class has the same probability.
    assert history[0].loss == pytest.approx(np.log(len(scenes.CLASSES)), abs=1e-4)
    assert history[-1].loss < history[0].loss / 4
    truth = STREETS[6].labels
    right = [float((shot.predictions[0] == truth).mean()) for shot in (snapshots[0], snapshots[-1])]
    assert right[1] > max(0.8, right[0] + 0.2)


def test_the_mean_iu_is_that_of_the_pictures_held_out(trained):
    _, _, _, snapshots = trained
    confusion = confusion_matrix(STREETS[4].labels, snapshots[-1].predictions[1], 7)
    assert snapshots[-1].mean_iu == pytest.approx(measure(confusion).mean_iu)


def test_the_file_segments_a_picture_as_the_training_did(trained, tmp_path):
    pictures, options, _, snapshots = trained
    data = live.network_file(options, pictures, snapshots[-1])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {name.split("/")[-1] for name in archive.namelist()}
        card = archive.read("network/README.md").decode()
    assert {"model.json", "weights.npz", "README.md", "val.json", "val_confusion.csv"} <= names
    assert "step 40 of 40" in card
    (result,) = segment_with_uploads(STREETS[6].picture, [data])
    assert result.class_names == scenes.CLASSES
    # The file has weights of 16 bits.
    assert (result.label_map == snapshots[-1].predictions[0]).mean() > 0.99


def test_a_training_stops_when_told():
    _, history, snapshots = train(labeled(street(STREETS[0])), 400, ["stop"])
    assert history == []
    assert snapshots[-1].step == 0
    assert np.isnan(snapshots[-1].mean_iu)


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        (np.zeros((0, 0), np.uint8), "no_pictures"),
        (np.full(SIZE, 3, np.uint8), "one_class"),
        (np.full(SIZE, VOID, np.uint8), "one_class"),
    ],
)
def test_a_training_needs_two_classes(labels, code):
    with error_of(FcnlibError, code):
        train(labeled(street(STREETS[0], labels)))


def test_an_upload_is_a_network_of_this_library(trained):
    pictures, options, _, snapshots = trained
    data = live.network_file(options, pictures, snapshots[-1])
    damaged = bytearray(data)
    damaged[len(data) // 2] ^= 255
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("model.json", "{}")
    for wrong in (b"", b"PK\3\4" * 50, empty.getvalue(), data[: len(data) // 2], bytes(damaged)):
        with weights_error("no_model"):
            segment_with_uploads(STREETS[0].picture, [wrong])


def test_several_networks_answer_in_the_order_of_their_files(trained):
    pictures, options, _, snapshots = trained
    files = [live.network_file(options, pictures, shot) for shot in (snapshots[0], snapshots[-1])]
    untrained, learned = segment_with_uploads(STREETS[6].picture, files)
    np.testing.assert_array_equal(
        learned.label_map, segment_with_uploads(STREETS[6].picture, files[1:])[0].label_map
    )
    assert (untrained.label_map != learned.label_map).any()
    with weights_error("no_model", "File 2"):
        segment_with_uploads(STREETS[6].picture, [files[1], b"PK?"])


def test_an_upload_may_not_unpack_to_more_than_any_network_needs(tmp_path):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("network/model.json", b"\0" * (model_folder.MAX_UPLOAD_NBYTES + 1))
        archive.writestr("network/weights.npz", b"")
    assert len(bomb.getvalue()) < 100_000
    with weights_error("too_large"):
        model_folder.unpack(bomb.getvalue(), tmp_path)
    assert not any(tmp_path.iterdir())
