"""Find and start the programs the servers need; none outlives the test run."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

STOP_WITHIN = 10.0
ROOM_IN_MEMORY = 512 * 1024 * 1024
"""Bytes that must be free before anything is kept in memory."""


class MissingProgram(Exception):
    """A program the tests need is not installed; the text says which, `make test` says how to get it."""


def find(name: str, *folders: str) -> str:
    """Return the path of a program, also looking where distributions hide servers from PATH."""
    hidden = ("/usr/sbin", "/usr/local/sbin", "/sbin")
    found = next((path for folder in folders for path in sorted(Path("/").glob(f"{folder.lstrip('/')}/{name}"))), None)
    found_on_path = shutil.which(name) or shutil.which(name, path=os.pathsep.join(hidden))
    program = str(found) if found else found_on_path
    if program is None:
        raise MissingProgram(f"{name} is not installed; `make test` installs it or says how")
    return program


def new_folder(name: str) -> Path:
    """Make a folder that only we can read, in memory where there is room: tests wait for no disk."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes it safe
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > ROOM_IN_MEMORY
    return Path(tempfile.mkdtemp(prefix=f"faden-{name}-", dir=memory if has_room else None))


def free_port() -> int:
    """Return a loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start(
    command: list[str],
    *,
    log: Path,
    user: str | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server in the foreground, writing to `log`; where Linux allows it the server dies with this process.

    `user` counts only for root: several servers refuse to run as root.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            [*_wrapping(user, stop_signal), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=folder,
        )


def run_as(command: list[str], *, user: str | None) -> None:
    """Run a program to its end, raising with its words if it fails."""
    done = subprocess.run([*_wrapping(user, None), *command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")


def stop(process: subprocess.Popen[bytes], *, by: signal.Signals = signal.SIGTERM) -> None:
    """End a server and wait for it; one that does not listen is killed."""
    if process.poll() is None:
        process.send_signal(by)
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def lesser_user(*names: str) -> str | None:
    """Return the first existing of these accounts if we are root, else None (we stay who we are)."""
    if os.geteuid() != 0:
        return None
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in (*names, "nobody") if name in known)


def _wrapping(user: str | None, stop_signal: signal.Signals | None) -> list[str]:
    """Return the setpriv call (util-linux) that drops root and ties the server's life to ours."""
    options: list[str] = []
    if user is not None:
        options += [f"--reuid={user}", f"--regid={_group_of(user)}", "--clear-groups"]
    setpriv = shutil.which("setpriv")
    if stop_signal is not None and setpriv:
        options += ["--pdeathsig", stop_signal.name.removeprefix("SIG")]
    if not options:
        return []
    if setpriv is None:
        raise MissingProgram("setpriv (util-linux) is needed to start servers as root")
    return [setpriv, *options]


def _group_of(user: str) -> str:
    import pwd

    return str(pwd.getpwnam(user).pw_gid)
