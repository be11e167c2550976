from fcnlib.networks import class_names


def test_classes_are_in_the_order_of_the_checkpoint():
    """Checked against known classes of the ILSVRC 2012 order, which Keras and Caffe publish."""
    classes = class_names.imagenet_classes()
    ids = [entry.wordnet_id for entry in classes]
    assert len(classes) == 1000
    assert [entry.index for entry in classes] == list(range(1000))
    assert ids == sorted(set(ids))
    known = {0: "tench", 281: "tabby", 468: "cab", 569: "garbage truck", 573: "go-kart"}
    known |= {704: "parking meter", 716: "picket fence", 779: "school bus", 999: "toilet tissue"}
    assert {index: classes[index].name for index in known} == known


def test_class_names_are_distinct_without_regard_to_case():
    names = class_names.imagenet_names()
    assert len({name.casefold() for name in names}) == 1000
    # The dog has a second name, the jacket and one of the swimsuits have none.
    assert (names[264], names[474]) == ("Cardigan Welsh corgi", "cardigan (n02963159)")
    assert (names[638], names[639]) == ("maillot (n03710637)", "tank suit")
    assert {"crane (n02012849)", "crane (n03126707)"} <= set(names)
