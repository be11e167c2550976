"""Agreement of networks with different classes, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from fcnlib.networks import deeplab, selfie_segmentation
from fcnlib.networks.class_names import imagenet_names
from fcnlib.segmentation import Segmentation
from fcnlib.segmentation.agreement import DIFFERENT, SAME, UNMATCHED, agreement, agreement_map
from fcnlib.segmentation.people import blurred_background, cut_out

PICTURE = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)


def result(class_names, labels):
    label_map = np.resize(np.array([class_names.index(name) for name in labels]), (4, 4))
    logits = np.zeros((1, 1, len(class_names)), np.float32)
    return Segmentation(
        "a network", class_names, PICTURE, (0, 0), logits, 4, label_map[:1, :1], label_map
    )


def test_breeds_count_as_their_voc_class_and_espresso_as_nothing():
    classifier = result(imagenet_names(), ["Egyptian cat", "tabby", "beagle", "espresso"])
    trained = result(deeplab.CLASSES, ["cat", "dog", "dog", "diningtable"])
    assert agreement(classifier, trained) == (0.5, 0.25, 0.25)
    assert agreement(trained, classifier) == (0.5, 0.25, 0.25)
    row = [SAME, DIFFERENT, SAME, UNMATCHED]
    classifier = result(imagenet_names(), ["tabby", "beagle", "beagle", "espresso"])
    trained = result(deeplab.CLASSES, ["cat", "cat", "dog", "dog"])
    assert agreement_map(classifier, trained).tolist() == [row] * 4


def test_people_and_voc_share_person_and_background():
    people = result(selfie_segmentation.CLASSES, ["person", "background", "person", "person"])
    trained = result(deeplab.CLASSES, ["person", "background", "background", "cat"])
    assert agreement(people, trained) == (0.5, 0.25, 0.25)


def test_a_network_agrees_with_itself_in_every_class():
    one = result(imagenet_names(), ["espresso", "tench", "tabby", "beagle"])
    assert agreement(one, one) == (1, 0, 0)


def test_maps_of_two_sizes_are_refused():
    one = result(deeplab.CLASSES, ["cat"])
    with pytest.raises(ValueError, match=r"\(4, 4\) and \(2, 4\)"):
        agreement(one, replace(one, label_map=one.label_map[:2]))


def test_people_are_cut_out_and_the_rest_is_blurred():
    people = result(selfie_segmentation.CLASSES, ["person", "background"])
    person = people.label_map == 1
    image = cut_out(people)
    np.testing.assert_array_equal(image[..., :3], PICTURE)
    np.testing.assert_array_equal(image[..., 3] == 255, person)
    assert set(image[..., 3].ravel()) == {0, 255}
    blurred = blurred_background(people, radius=2)
    np.testing.assert_array_equal(blurred[person], PICTURE[person])
    assert (blurred[~person] != PICTURE[~person]).any()
