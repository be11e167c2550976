"""The cluster's side of the engine `ray`: one deployment per network, behind a door.

``serve deploy`` and ``serve run`` call `build`, named ``fcnlib.engine.serve:build``. The door is
the deployment that receives all requests. It asks for a secret, limits the size of requests, and
keeps the latest answers by the hash of the request. It passes a new request on to a replica of its
network. Each replica has loaded only its own network and computes one picture at a time.
The package ``ray`` is imported only when `build` is called.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import os
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from fcnlib import runtime
from fcnlib.engine.tasks import TASKS, imported
from fcnlib.errors import BusyError, EngineError, FcnlibError

SECRET = "FCNLIB_RAY_SECRET"
SHORTEST_SECRET = 16
TASK = "segment"
WAITING = 8  # requests that may wait for a network at each door, as in the app's own queue
CACHED = 256 << 20  # bytes of answers that each door keeps
LONGEST = 120.0  # seconds that a request may wait and run: others before it, a replica that loads
ATTEMPTS = 3  # how often a request is passed on in all, if replicas that have it are lost
HEADERS = {"Content-Type": "application/octet-stream"}
STATUS = {
    "wrong_secret": 401,
    "not_found": 404,
    "too_large": 413,
    "bad_message": 400,
    "busy": 503,
    "timeout": 504,
    "replica_lost": 502,
}
_LOG = logging.getLogger("ray.serve")


def build(settings: Mapping[str, Any]) -> Any:
    """Return the application that Ray Serve runs.

    Parameters
    ----------
    settings : mapping
        All optional. ``networks``: names separated by commas, by default all. ``ready``: which of
        them have a replica at all times, by default ``voc,imagenet``; the others are loaded when
        they are asked for. ``replicas``: largest number of replicas of a network, by default 4.
        ``threads``: threads and processor cores of a replica, by default `runtime.threads`.
        ``doors``: number of doors, at most one on a node, by default 1.

    Raises
    ------
    ValueError
        If there is no secret of at least 16 characters, or a setting is unknown or out of range.

    """
    from ray import serve

    _secret()
    unknown = set(settings) - {"networks", "ready", "replicas", "threads", "doors"}
    remote = TASKS[TASK].remote
    all_names = imported(f"{remote}:names")()
    networks = _names(settings.get("networks") or ",".join(all_names))
    ready = _names(settings.get("ready", "voc,imagenet"))
    if unknown or not set(networks) <= set(all_names):
        wrong = ", ".join(sorted(unknown | (set(networks) - set(all_names))))
        msg = f"Unknown: {wrong}. Networks: {', '.join(all_names)}."
        raise ValueError(msg)
    most = _positive(settings, "replicas", 4)
    threads = _positive(settings, "threads", runtime.threads())
    deployed = {}
    for name in networks:
        deployment = serve.deployment(
            Segmenter,
            name=name,
            max_ongoing_requests=1,
            max_queued_requests=WAITING,
            autoscaling_config={
                "min_replicas": int(name in ready),
                "max_replicas": most,
                "target_ongoing_requests": 1,
                "look_back_period_s": 10,
                "upscale_delay_s": 5,
                "downscale_delay_s": 60,  # its cores are free for another network then
            },
            health_check_period_s=2,
            health_check_timeout_s=30,
            graceful_shutdown_timeout_s=30,
            ray_actor_options={
                "num_cpus": threads,
                "runtime_env": {"env_vars": runtime.environment(threads)},
            },
        )
        deployed[name] = deployment.bind(name)
    door = serve.deployment(
        Door,
        name="door",
        num_replicas=_positive(settings, "doors", 1),
        max_replicas_per_node=1,
        max_ongoing_requests=100,
        health_check_period_s=2,
        health_check_timeout_s=10,
        ray_actor_options={"num_cpus": 0},
    )
    return door.bind(deployed)


class Segmenter:
    """A replica: one network, loaded once, that answers requests one after another."""

    def __init__(self, name: str) -> None:
        self._name, self._module = name, TASKS[TASK].remote
        runtime.load_quietly()
        imported(f"{self._module}:preload")(name)

    async def __call__(self, request: bytes) -> tuple[bytes, dict[str, str] | None]:
        """Return the answer and None, or no bytes and what went wrong."""
        answer = imported(f"{self._module}:answer")
        try:
            # In a thread, so that the replica can say meanwhile that it is alive.
            return await asyncio.to_thread(answer, self._name, request), None
        except FcnlibError as error:
            return b"", _told(error)
        except MemoryError:
            msg = "This needs more memory than the cluster has for it. Choose a smaller picture."
            return b"", _told(EngineError("out_of_memory", msg))


class Door:
    """Receives HTTP requests ``POST /segment/NETWORK`` and passes those with the secret on.

    Parameters
    ----------
    networks : mapping of str to DeploymentHandle
        The deployment of each network.

    """

    def __init__(self, networks: Mapping[str, Any]) -> None:
        self._networks = dict(networks)
        self._secret = _secret()
        self._most: int = imported(f"{TASKS[TASK].remote}:largest_request")()
        self._cache = Cache(CACHED)

    async def __call__(self, request: Any) -> Any:
        """Answer one request of `starlette`."""
        from starlette.responses import Response

        try:
            body = await self._answer(request)
        except FcnlibError as error:
            status = STATUS.get(error.code, 422)
            return Response(json.dumps(_told(error)), status, media_type="application/json")
        except Exception:
            # The cause is written to the log of the cluster, never to the answer.
            _LOG.exception("a request failed")
            hidden = EngineError("internal", "This failed for a reason on our side. Try again.")
            return Response(json.dumps(_told(hidden)), 500, media_type="application/json")
        return Response(body, headers=HEADERS)

    async def _answer(self, request: Any) -> bytes:
        given = request.headers.get("authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, b"Bearer " + self._secret):
            msg = f"The cluster does not accept the secret. Set {SECRET} to the cluster's secret."
            raise EngineError("wrong_secret", msg)
        task, _, name = request.url.path.strip("/").partition("/")
        if request.method != "POST" or task != TASK or name not in self._networks:
            msg = f"The cluster has no network {name[:20]!r}. It has {', '.join(self._networks)}."
            raise EngineError("not_found", msg)
        body = await self._body(request)
        key = hashlib.sha256(name.encode() + b"\0" + body).digest()
        kept = self._cache.get(key)
        if kept is None:
            try:
                kept = await asyncio.wait_for(self._passed_on(name, body), LONGEST)
            except TimeoutError:
                msg = (
                    f"The cluster did not compute this in {LONGEST:.0f} s. Perhaps it has no room "
                    "for another network now. Try again in a minute."
                )
                raise EngineError("timeout", msg) from None
            self._cache.put(key, kept)
        return kept

    async def _body(self, request: Any) -> bytes:
        parts, size = [], 0
        async for part in request.stream():
            size += len(part)
            if size > self._most:
                msg = (
                    f"The picture is larger than {self._most >> 20} MiB, the largest size that the "
                    "cluster accepts. Choose a smaller one."
                )
                raise EngineError("too_large", msg)
            parts.append(part)
        return b"".join(parts)

    async def _passed_on(self, name: str, body: bytes) -> bytes:
        from ray.exceptions import RayActorError, RayError
        from ray.serve.exceptions import BackPressureError

        for attempt in range(ATTEMPTS):
            try:
                answer, failed = await self._networks[name].remote(body)
            except BackPressureError:
                msg = (
                    f"The cluster is busy: {WAITING} others wait for this network, the largest "
                    "number allowed. Try again in a minute."
                )
                raise BusyError("busy", msg) from None
            except RayActorError:
                _LOG.warning("attempt %d: a replica of %s was lost", attempt + 1, name)
            except RayError as error:
                _LOG.warning("attempt %d: %s", attempt + 1, str(error)[:500])
            else:
                if failed:
                    raise _raised(failed)
                return bytes(answer)
        msg = "The machines that computed this were lost before they were done. Try again."
        raise EngineError("replica_lost", msg)


class Cache:
    """The latest answers by key, together at most `most` bytes.

    Examples
    --------
    >>> cache = Cache(5)
    >>> for key in (b"a", b"b", b"c"):
    ...     cache.put(key, key * 2)
    >>> cache.get(b"a"), cache.get(b"c")
    (None, b'cc')

    """

    def __init__(self, most: int) -> None:
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._most, self._size = most, 0

    def get(self, key: bytes) -> bytes | None:
        """Return what is kept under a key, or None."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value, and drop the oldest ones if there is no room for all."""
        if key in self._kept or len(value) > self._most:
            return
        self._kept[key] = value
        self._size += len(value)
        while self._size > self._most:
            self._size -= len(self._kept.popitem(last=False)[1])


def _secret() -> bytes:
    """Return the secret, without which nothing is served."""
    secret = os.environ.get(SECRET, "")
    if len(secret) < SHORTEST_SECRET or not secret.isascii() or not secret.isprintable():
        msg = (
            f"Set {SECRET} to at least {SHORTEST_SECRET} printable ASCII characters on every node "
            "before Ray starts there. Nothing is served without a secret."
        )
        raise ValueError(msg)
    return secret.encode()


def _told(error: FcnlibError) -> dict[str, str]:
    return {"kind": type(error).__name__, "code": error.code, "message": str(error)}


def _raised(told: Mapping[str, str]) -> FcnlibError:
    """Return an error that is passed on as the replica told it."""
    kind = type(told["kind"], (FcnlibError,), {})
    return kind(told["code"], told["message"])


def _names(given: Any) -> list[str]:
    return [name.strip() for name in str(given).split(",") if name.strip()]


def _positive(settings: Mapping[str, Any], name: str, default: int) -> int:
    number = int(settings.get(name, default))
    if not 1 <= number <= 1000:
        msg = f"{name} must be from 1 to 1000, got {number}."
        raise ValueError(msg)
    return number
