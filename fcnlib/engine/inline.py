"""The engine that runs a task in the calling thread."""

from typing import Any

from fcnlib.engine.context import Caller, Context
from fcnlib.engine.tasks import TASKS, call


class Inline:
    """Runs each task in the calling thread. It cannot end a task that hangs."""

    def start(self) -> None:
        """Do nothing: there is no worker to start."""

    def close(self) -> None:
        """Do nothing: there is no worker to end."""

    def retire(self) -> None:
        """Do nothing: there is no worker to end."""

    def is_ready(self) -> bool:
        """Return True: there is no worker to wait for."""
        return True

    def run(self, name: str, args: tuple[Any, ...], caller: Caller) -> Any:
        """Run a task; see `fcnlib.engine.run`."""
        context = Context(caller.report, caller.publish, caller.mailbox)
        return call(TASKS[name].function, args, context)
