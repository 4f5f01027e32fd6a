"""What it costs to look at a large folder."""

import os
import subprocess
import time

from .house import Dakbox, Sandbox
from .machine import median
from .report import Row, megabytes, seconds, spread

# (files, the gate in CPU seconds)
FOLDERS = ((10_000, 0.020), (100_000, 0.200))
EVERY = 2


def scan(bench):
    """CPU of a full look at files that are nobody's clips, beside `find` with the same facts about each."""
    rows = []
    for files, gate in FOLDERS[: 1 if bench.quick else 2]:
        with bench.folder() as folder:
            ours, peak = scans(bench, folder, files)
            theirs = [find(os.path.join(folder, "house", "clips", "inbox")) for _ in range(bench.runs)]
        rows.append(Row(f"a look at {files:,} files, CPU", seconds(ours), "find " + spread(theirs),
                        ours / median(theirs), f"≤ {seconds(gate)}", ours <= gate))
        rows.append(Row("memory with so many files", megabytes(peak)))
    return rows


def scans(bench, folder, files):
    """CPU seconds of one scan, by many of them, and peak memory."""
    sandbox = Sandbox(bench.binary, folder)
    settings = {"watch": {"rescan": f"{EVERY}s"}}
    house = Dakbox(bench.binary, os.path.join(folder, "house"), sandbox.url, settings)
    try:
        litter(house.inbox, files)
        house.start()
        time.sleep(3)
        looks = 5 if bench.quick else 10
        before = house.cpu()
        time.sleep(looks * EVERY)
        return (house.cpu() - before) / looks, house.memory()
    finally:
        house.stop()
        sandbox.stop()


def litter(folder, files):
    """So many files that are no clips."""
    for nth in range(files):
        os.close(os.open(os.path.join(folder, f"notes-{nth:06}.pdf"), os.O_CREAT | os.O_WRONLY, 0o644))


def find(folder):
    """CPU seconds of find, which asks for each file's size and time as well."""
    child = subprocess.Popen(["find", folder, "-printf", "%f %s %T@\\n"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime
