"""Processes: children that are watched and restarted, and the web server as one of them."""

import ctypes
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn
from wsgiref.types import WSGIApplication

from gunicorn.app.base import BaseApplication

from lagesbild.base.errors import SetupError

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS = 15  # how long a child may take to finish what it is doing
LONGEST_PAUSE_SECONDS = 60.0
BEAT_SECONDS = 60.0
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """The web server: the program is loaded once, then forked into workers."""

    def __init__(
        self,
        load: Callable[[], WSGIApplication],
        *,
        address: str,
        workers: int,
        ready: Callable[[], None],
        forked: Callable[[], None],
    ) -> None:
        """Keep what to serve; `ready` is called when it listens, `forked` in each worker."""
        self._load = load
        self._settings = {
            "bind": address,
            "workers": workers,
            "worker_class": "sync",  # measured: the shortest p99 of all worker classes
            "preload_app": True,
            "control_socket_disable": True,  # otherwise it opens one in the home folder
            "timeout": 60,  # longer than the statement timeout of the database, 30 s
            "graceful_timeout": PATIENCE_SECONDS - 5,
            "accesslog": None,  # addresses and searches are nobody's business
            "loglevel": "error",
            "when_ready": lambda _server: ready(),
            "post_fork": lambda _server, _worker: forked(),
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand the settings to gunicorn."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """Make the program."""
        return self._load()


@dataclass
class Child:
    """A process to keep alive. When a vital one gives up by itself, everything stops."""

    name: str
    run: Callable[[], object]
    vital: bool = False
    process: int = 0
    pause_seconds: float = 1.0
    due: float = field(default=0.0)


def refuse_taken(host: str, port: int) -> None:
    """Raise `SetupError` when another program listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise SetupError(
                f"Port {port} kräver root. Välj en över 1024: LAGESBILD_PORT."
            ) from error
        except OSError as error:
            raise SetupError(
                f"Port {port} är upptagen av ett annat program. Stoppa det, eller välj en annan"
                f" port: LAGESBILD_PORT={port + 1}"
            ) from error


def interruptible() -> None:
    """Let SIGTERM and a closed terminal end the program as Ctrl-C does: tidily."""

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    for number in _listened():
        signal.signal(number, interrupt)


def supervise(children: Sequence[Child], beat: Callable[[], object]) -> None:
    """Run the children until we are told to stop, then stop them in their order.

    A child that dies is started again, after a pause that grows. `beat` is called once a minute.
    Raises `SetupError` when a vital child gives up. Must be called without other threads.
    """
    awaited = {*_listened(), signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    next_beat = time.monotonic() + BEAT_SECONDS
    try:
        told = None
        while told is None or told.si_signo == signal.SIGCHLD:
            for child in children:
                _keep(child)
            if time.monotonic() >= next_beat:
                next_beat = time.monotonic() + BEAT_SECONDS
                beat()
            told = signal.sigtimedwait(awaited, 1.0)
    finally:
        for child in children:
            _end(child)
        for number in STOPPING:  # a second Ctrl-C must not break off the end of the database
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, awaited)


def _listened() -> list[signal.Signals]:
    """Return the signals that stop us; `nohup` has asked us not to hear of closed terminals."""
    ignored = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    return [number for number in STOPPING if not (ignored and number == signal.SIGHUP)]


def _keep(child: Child) -> None:
    """Start a child that does not run, unless it is too early; notice one that has died."""
    if child.process:
        process, status = os.waitpid(child.process, os.WNOHANG)
        if not process:
            return
        child.process = 0
        if child.vital and os.WIFEXITED(status):
            raise SetupError(f"Lägesbild stannade: {child.name} gick inte att köra. Se ovan.")
        child.due = time.monotonic() + child.pause_seconds
        child.pause_seconds = min(2 * child.pause_seconds, LONGEST_PAUSE_SECONDS)
    if time.monotonic() >= child.due:
        child.process = _forked(child)


def _forked(child: Child) -> int:
    """Start a child in a group of its own, so that Ctrl-C reaches it through us, in order."""
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        os.setpgid(0, 0)
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
        for number in STOPPING:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if os.getppid() == parent:
            child.run()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 – nothing may reach the parent's code above us
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _end(child: Child) -> None:
    """Ask a child to stop, and make it when it has not within `PATIENCE_SECONDS`."""
    if not child.process:
        return
    os.kill(child.process, signal.SIGTERM)
    latest = time.monotonic() + PATIENCE_SECONDS
    while not os.waitpid(child.process, os.WNOHANG)[0]:
        if time.monotonic() > latest:
            os.killpg(child.process, signal.SIGKILL)
            os.waitpid(child.process, 0)
            break
        time.sleep(0.02)
    child.process = 0
