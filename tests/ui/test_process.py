"""The server's own process after all pages were visited and all kinds of task were run."""

import io
from pathlib import Path

import pytest

from benchmarks.visitor import Visitor, server
from fcnlib import images
from fcnlib.engine.tasks import TASKS

PROCESS = Path("/proc/self")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PROCESS.exists(), reason="reads /proc, which Linux has"),
]
SOON = 300  # seconds; a longer wait is a failure
MOST = 350e6  # bytes

OPEN, UPLOAD = {"bool_value": True}, {"string_array_value": {"data": ["Your file"]}}
STREET = {"string_array_value": {"data": ["Drawn street"]}}
OWN = {"string_array_value": {"data": ["Your own classes"]}}
OWN_PICTURES = {"string_array_value": {"data": ["Your pictures"]}}
PRESS = {"trigger_value": True}
BORDER = {"upsampling_border_fold": OPEN}
HOME, SEGMENTATION = "Home", "Segmentation"
SHOW = {"string_array_value": {"data": ["Just show me"]}}
WHY = "Why a layer"
TRANSPOSED, PHONE = "Transposed convolution", "transposed_convolution_phone"
IMAGENET = "segmentation_imagenet"

# The page, the tasks that it runs, what the visitor changes on it, and what it shows in the end.
VISITS = [
    (HOME, ("segment",), {}, "home_nearest"),
    ("Kernels", (), {"kernels_spectrum": OPEN}, "kernels_spectrum_figure"),
    ("Upsampling", ("check_upsampling", "upsampled_borders"), BORDER, "upsampling_xray_profile"),
    (TRANSPOSED, ("check_views",), {}, "Equals TensorFlow"),
    (TRANSPOSED, ("accepts",), {"transposed_convolution_back": SHOW}, "and rejected"),
    (WHY, ("gradients_through",), {}, "why_a_layer_stop_chain"),
    (WHY, ("transposed_convolution", "gradients"), {}, "Equals TensorFlow"),
    (TRANSPOSED, ("last_layers",), {PHONE: OPEN}, f"{PHONE}_people_learned"),
    (SEGMENTATION, ("segment",), {}, "segmentation_2_full"),
    (SEGMENTATION, ("cost",), {"segmentation_cost": OPEN}, "Parameters are the numbers"),
    (SEGMENTATION, (), {f"{IMAGENET}_pixel_more": OPEN}, f"{IMAGENET}_pixel_cells"),
    (
        SEGMENTATION,
        ("step_orders",),
        {f"{IMAGENET}_order_fold": OPEN},
        f"{IMAGENET}_orders_argmax_nearest_mask",
    ),
    (
        "Memory",
        ("upsampled_argmax", "time_argmax"),
        {"memory_survivors_left": SHOW, "memory_scores_fold": OPEN, "memory_timing": PRESS},
        "The maps are the same",
    ),
    (
        SEGMENTATION,
        ("confidence",),
        {f"{IMAGENET}_order_fold": OPEN, "segmentation_confidence_run": PRESS},
        "segmentation_confidence_map",
    ),
    (SEGMENTATION, ("street",), {"segmentation_source": STREET}, "segmentation_fcn_8s"),
    ("Training", ("train",), {"training_go": PRESS}, "training_loss"),
    (
        "Training",
        ("train_own", "own_network"),
        {"training_data": OWN, "training_own_go": PRESS, "training_own_network_run": PRESS},
        "training_own_download",
    ),
    (
        SEGMENTATION,
        ("segment_with_uploads",),
        {"segmentation_own_fold": OPEN},
        "segmentation_own_1_full",
    ),
    ("Numbers", ("facts",), {}, "50 of 50 facts hold"),
]


def photograph():
    """Return a picture that is no sample, as the bytes of a file."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(images.sample("cat")[::-1]).save(file, "JPEG")
    return file.getvalue()


def resident(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


def test_all_tasks_are_run():
    """The weights of VGG-16 are not downloaded, and two tasks belong to uploads."""
    tasks = {task for _, tasks, _, _ in VISITS for task in tasks}
    assert tasks | {"decode", "read_pictures", "download"} == set(TASKS)


def test_the_server_stays_small_and_without_tensorflow(tmp_path):
    root = Path(__file__).parents[2]
    with server(root, tmp_path) as (address, pid):
        visitor = Visitor(address)
        assert visitor.watch(SOON, "home_nearest")
        for page, _tasks, changes, shown in VISITS:
            visitor.open(page)
            for key, value in changes.items():
                assert visitor.watch(SOON, key), (page, key)
                visitor.change(key, **value)
            assert visitor.watch(SOON, shown), (page, shown)
        visitor.open(SEGMENTATION)
        visitor.change("segmentation_source", **UPLOAD)
        visitor.upload("segmentation_upload", "cat.jpg", photograph())
        assert visitor.watch(SOON, "segmentation_2_full")
        visitor.open("Training")
        visitor.change("training_data", **OWN)
        visitor.change("training_own_source", **OWN_PICTURES)
        visitor.upload("training_own_files", "cat.jpg", photograph())
        visitor.press("training_own_submit")
        assert visitor.watch(SOON, "training_own_paint_own_0")
        mapped = Path(f"/proc/{pid}/maps").read_text()
        assert "numpy" in mapped
        assert "tensorflow" not in mapped
        assert resident(pid) <= MOST
