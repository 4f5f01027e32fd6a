"""What it costs to wait for nothing, beside other watchers of the same folder, and whether 512 MB of memory do."""

import contextlib
import os
import subprocess
import sys
import time

from .cell import Cell
from .house import Dakbox, Process, Sandbox
from .machine import cpu_of, find_tool, peak_memory, wait_until
from .quiet import litter
from .report import Row, megabytes, seconds

# Files that are nobody's clips, and the gate in CPU seconds a minute.
FOLDERS = ((0, 0.010), (10_000, 0.060), (100_000, None))
MEMORY_GATE, MEMORY_GATE_UP_TO = 16, 10_000
LIMIT = 512 * 1024 * 1024
PEERS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "peers")


def defaults(mode):
    """The settings that people have, in place of the bench's hurried ones."""
    return {"watch": {"mode": mode, "settle": "10s", "sidecar_wait": "2m"}, "api": {"state_interval": "10s"},
            "export": {"poll_interval": "30s"}}


def rivals(folder):
    """(beside which mode, name, command, or where to get it), each at a look every five seconds where it polls."""
    watchexec, inotifywait = find_tool("watchexec"), find_tool("inotifywait")
    watchdog = python_with_watchdog()
    script = [watchdog, os.path.join(PEERS, "watch.py")]
    return (
        ("native", "inotifywait -m -r", inotifywait and [inotifywait, "-m", "-r", folder], "apt-get install inotify-tools"),
        ("native", "watchexec", watchexec and [watchexec, "--postpone", "-w", folder, "true"], "cargo install --locked watchexec-cli"),
        ("native", "Python watchdog, inotify", watchdog and [*script, "inotify", folder], "apt-get install python3-watchdog"),
        ("poll", "watchexec --poll 5s", watchexec and [watchexec, "--poll=5s", "--postpone", "-w", folder, "true"],
         "cargo install --locked watchexec-cli"),
        ("poll", "Python watchdog, polling", watchdog and [*script, "polling", folder], "apt-get install python3-watchdog"),
    )


def python_with_watchdog():
    """This Python or Debian's own, whichever has the module."""
    for python in (sys.executable, "/usr/bin/python3"):
        if os.access(python, os.X_OK) and subprocess.run([python, "-c", "import watchdog"], capture_output=True).returncode == 0:
            return python
    return None


def idle(bench):
    """A minute of nothing. In each mode dakbox and its rivals wait through the same minute, over the same files."""
    rows = []
    for files, gate in FOLDERS[: 2 if bench.quick else 3]:
        for mode in ("native", "poll"):
            with bench.folder() as folder, contextlib.ExitStack() as running:
                rows += minute(bench, running, folder, (files, gate, mode))
    return rows


def minute(bench, running, folder, asked):
    """The rows of one minute."""
    files, gate, mode = asked
    sandbox = Sandbox(bench.binary, folder)
    running.callback(sandbox.stop)
    house = Dakbox(bench.binary, os.path.join(folder, "house"), sandbox.url, defaults(mode))
    litter(house.inbox, files)
    running.callback(house.stop)
    house.start()
    beside, missing = [], []
    for of, name, command, source in rivals(house.inbox):
        if of == mode and command:
            peer = Process(command, os.path.join(folder, "peer.log"), dict(os.environ))
            running.callback(peer.stop)
            beside.append((name, peer.pid))
        elif of == mode:
            missing.append(f"{name}: not here ({source})")
    time.sleep(5 if bench.quick else 20)
    length = 10 if bench.quick else 60
    pids = [house.process.pid, *(pid for _, pid in beside)]
    before = [cpu_of(pid) for pid in pids]
    time.sleep(length)
    used = [(cpu_of(pid) - began) * 60 / length for pid, began in zip(pids, before)]
    peaks = [peak_memory(pid) for pid in pids]
    best = min(used[1:], default=None)
    shown = [f"{name} {seconds(cpu)}" for (name, _), cpu in zip(beside, used[1:])]
    held = [f"{name} {megabytes(peak)}" for (name, _), peak in zip(beside, peaks[1:])]
    small = files <= MEMORY_GATE_UP_TO
    return [
        Row(f"idle for a minute, {files:,} files, {mode}, CPU", seconds(used[0]), "; ".join(shown + missing),
            used[0] / best if best else None, f"≤ {seconds(gate)}" if gate else "", used[0] <= gate if gate else None),
        Row("the same, peak memory", megabytes(peaks[0]), "; ".join(held), None,
            f"≤ {MEMORY_GATE} MB" if small else "", peaks[0] <= MEMORY_GATE if small else None),
    ]


def small(bench):
    """100,000 files and twenty clips in a cell of 512 MB, in both modes."""
    files, clips = bench.count(100_000), bench.count(20)
    rows = []
    for mode in ("native", "poll"):
        with bench.folder() as folder, contextlib.ExitStack() as running:
            cell = Cell(f"dakbox-bench-{os.getpid()}", LIMIT)
            if cell.why_not:
                rows.append(Row(f"in 512 MB, {mode}", f"not looked at: {cell.why_not}"))
                continue
            running.callback(cell.remove)
            sandbox = Sandbox(bench.binary, folder)
            running.callback(sandbox.stop)
            house = Dakbox(bench.binary, os.path.join(folder, "house"), sandbox.url,
                           {"watch": {"mode": mode, "poll_interval": "1s"}})
            litter(house.inbox, files)
            running.callback(house.stop)
            house.start(*cell.enter())
            for nth in range(clips):
                house.words(f"clip-{nth:03}")
                bench.clips.write(os.path.join(house.inbox, f"clip-{nth:03}.mp4"), bench.size(50))
            wait_until("all clips", lambda: house.done() == clips, 900, 0.05)
            killed, most = cell.killed(), cell.most()
            rows.append(Row(f"{clips} clips of {bench.size(50) // 1_000_000} MB among {files:,} files in 512 MB, {mode}: memory",
                            megabytes(house.memory()), "", None, "nothing is killed", killed == 0))
            rows.append(Row("the same, the cell with its page cache, at most", megabytes(most)))
    return rows
