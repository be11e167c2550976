"""The tasks that an engine can run: each has a name, a function, a worker and a time limit.

A function is written as text, ``module:name``, and imported by the process that runs it. Loading
this table therefore loads nothing else, and a worker imports only what its tasks need. If a
function has a parameter ``report`` or ``context``, it gets the callback for its progress or a
`fcnlib.engine.context.Context`.
"""

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from fcnlib.engine.context import Context


class Task(NamedTuple):
    """A function that an engine can run.

    Attributes
    ----------
    function : str
        ``module:name``.
    lane : str
        Key of `LANES`, which decides the worker process.
    patience : float
        Seconds without any sign of the task, after which it is considered hanging and is ended.
    again : bool
        Whether it is short enough to be run again if its worker is lost.
    remote : str
        Name of the module that writes the task's request for another machine and reads the result,
        with the functions ``prepare``, ``answer`` and ``preload``. By default, the task runs on
        this machine only.

    """

    function: str
    lane: str = "quick"
    patience: float = 60.0
    again: bool = False
    remote: str = ""


class Remote(NamedTuple):
    """A task as bytes for another machine.

    Attributes
    ----------
    place : str
        Which of the task's deployments computes it, such as the name of a network.
    request : bytes
        What it needs.
    result : callable
        Makes the task's result from the bytes of the answer.

    """

    place: str
    request: bytes
    result: Callable[[bytes], Any]


class Lane(NamedTuple):
    """The worker process that some of the tasks share.

    Attributes
    ----------
    slots : int
        Largest number of tasks at the same time. Others wait for their turn.
    preload : str
        ``module:name`` of a function without arguments that is called when the worker starts.
    niceness : int
        How much the worker gives way to processes of a smaller one, from 0 to 19. The server
        has 0, so that it answers at once while workers compute.
    memory : int or None
        Largest size in bytes of the worker's data (Linux). By default three quarters of what the
        machine has.
    processor_seconds : int or None
        Largest processor time of one task (Linux and macOS).
    idle : float or None
        Seconds without a task after which the worker ends and frees its memory. By default never.
    trusted : bool
        Whether results may contain any class. Otherwise only arrays, errors and plain values.

    """

    slots: int
    preload: str = ""
    niceness: int = 5
    memory: int | None = None
    processor_seconds: int | None = None
    idle: float | None = None
    trusted: bool = True


LANES = {
    "quick": Lane(slots=8, preload="fcnlib.runtime:load_quietly"),
    "long": Lane(slots=4, preload="fcnlib.runtime:load_quietly", niceness=10, idle=120.0),
    "facts": Lane(slots=1, niceness=10, idle=120.0),
    "files": Lane(slots=2, memory=2 << 30, processor_seconds=30, trusted=False),
}
"""``quick`` computes what a visitor waits for, ``long`` trains, at low priority. ``facts`` starts
without TensorFlow, since half of the facts need none and are shown while it is loaded.
``files`` decodes bytes from outside, without TensorFlow and under narrow limits."""

TASKS = {
    "decode": Task("fcnlib.images:decode", "files", patience=15.0, again=True),
    "check_upsampling": Task("fcnlib.upsampling.experiment:run_check", again=True),
    "upsampled_borders": Task("fcnlib.upsampling.border:border_xray", again=True),
    "check_views": Task("fcnlib.transposed_convolution.views:agreement", again=True),
    "accepts": Task("fcnlib.transposed_convolution.tensorflow_reference:accepts", again=True),
    "transposed_convolution": Task(
        "fcnlib.transposed_convolution.tensorflow_reference:transposed_convolution_tf", again=True
    ),
    "gradients": Task(
        "fcnlib.transposed_convolution.tensorflow_reference:gradients_tf", again=True
    ),
    "gradients_through": Task("fcnlib.upsampling.backward:gradients_through", again=True),
    "segment": Task(
        "fcnlib.segmentation.tasks:segment_photograph", remote="fcnlib.segmentation.remote"
    ),
    "segment_with_uploads": Task("fcnlib.segmentation.tasks:segment_with_uploads"),
    "street": Task("fcnlib.segmentation.tasks:segment_street"),
    "last_layers": Task("fcnlib.segmentation.tasks:replace_last_layers"),
    "cost": Task("fcnlib.segmentation.tasks:measure_cost"),
    "confidence": Task("fcnlib.class_map.confidence:confidence_map"),
    "upsampled_argmax": Task("fcnlib.class_map:upsampled_argmax"),
    "step_orders": Task("fcnlib.class_map.step_order:compare_orders"),
    "time_argmax": Task("fcnlib.class_map.reference:benchmark_argmax"),
    "train": Task("fcnlib.training.live_run:train", "long", patience=300.0),
    "read_pictures": Task("fcnlib.datasets.uploaded:read_files", "files", again=True),
    "train_own": Task("fcnlib.training.own_data.live:train", "long", patience=300.0),
    "own_network": Task("fcnlib.training.own_data.live:network_file"),
    "facts": Task("fcnlib.facts:compute_all", "facts", patience=300.0),
    "download": Task("fcnlib.checkpoints:fetch", "long", patience=120.0),
}


def imported(path: str) -> Callable[..., Any]:
    """Return what ``module:name`` names.

    Examples
    --------
    >>> imported("math:sqrt")(4)
    2.0

    """
    module, _, name = path.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function


def call(path: str, args: tuple[Any, ...], context: Context) -> Any:
    """Call the function ``module:name`` of a task in this thread and return its result."""
    function = imported(path)
    parameters = inspect.signature(function).parameters
    given = {"report": context.report, "context": context}
    return function(*args, **{name: value for name, value in given.items() if name in parameters})
