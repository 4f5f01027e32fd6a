"""A folder full of clips, worked off at once; and what each of them costs beside the service's own time."""

import os
import re
import time

from .house import Dakbox, Rival, Sandbox
from .line import Line
from .machine import median, wait_until
from .report import Row, seconds, spread

CLIP = 1_000_000
# (runs at once, the gate in seconds for 200 clips)
LANES = ((8, 53.0), (16, 28.5))


def backlog(bench):
    """The stream takes a second and so does the render, so that the least is 2 s × clips / runs at once."""
    count = bench.count(200)
    rows = []
    few = count if bench.full else min(count, 20)
    rival, rival_cpu, _ = by(bench, few, lambda folder, url: Rival(bench.rival, folder, url, poll="0.02"))
    rival, rival_cpu = rival * count / few, rival_cpu * count / few
    scaled = "" if few == count else f" ({few} clips, × {count // few})"
    for lanes, gate in LANES:
        settings = {"jobs": {"concurrency": lanes}}
        runs = [by(bench, count, lambda folder, url: Dakbox(bench.binary, folder, url, settings))
                for _ in range(1 if bench.quick else min(bench.runs, 3))]
        walls, cpus, most = zip(*runs)
        # Fewer clips are no whole number of rounds.
        met = median(walls) <= gate and max(most) == lanes if count == 200 else None
        rows += [
            Row(f"{count} clips of 1 MB, {lanes} at once, time", spread(walls), f"watch.sh {seconds(rival)}{scaled}",
                median(walls) / rival, f"≤ {gate:g} s for 200, {lanes} runs at once at the server", met),
            Row("the same, CPU", spread(cpus), seconds(rival_cpu), median(cpus) / rival_cpu),
            Row("the same, most runs at once at the server", str(max(most))),
        ]
    return rows


def by(bench, count, make):
    """Seconds, CPU seconds and the most runs at once for a backlog that lay there before the start."""
    with bench.folder() as folder:
        sandbox = Sandbox(bench.binary, folder, message="1s", render="1s")
        house = make(os.path.join(folder, "house"), sandbox.url)
        try:
            fill(bench, house, count)
            began = time.monotonic()
            house.start()
            wait_until("all films", lambda: house.done() == count, seconds=3600, step=0.01)
            return time.monotonic() - began, house.cpu(), sandbox.world()["runs"]["most_at_once"]
        finally:
            house.stop()
            sandbox.stop()


def fill(bench, house, count, size=CLIP):
    """So many pairs, on disk before the clock starts."""
    for nth in range(count):
        house.words(f"clip{nth:04}")
        bench.clips.write(os.path.join(house.inbox, f"clip{nth:04}.mp4"), size)
    os.sync()
    time.sleep(0.3)


def overhead(bench):
    """One clip after the other, with a service that takes no time: what is left is ours, the disk's, and the pauses that
    are set. In memory there is no disk, so that the two tell what it takes."""
    count = bench.count(40)
    disk = [one_by_one(bench, bench.scratch, count) for _ in range(bench.runs)]
    syncs = counted(bench)
    rival = [rival_one_by_one(bench, min(count, 20)) for _ in range(1 if bench.quick else 2)]
    rows = [
        Row("a clip, one after the other, service at 0: time", spread([run["wall"] for run in disk]),
            "watch.sh " + spread(rival), median([run["wall"] for run in disk]) / median(rival)),
        Row("of it in calls to the service", spread([run["service"] for run in disk])),
        Row("of it pauses that are set", spread([run["pauses"] for run in disk])),
    ]
    if bench.memory:
        memory = [one_by_one(bench, bench.memory, count) for _ in range(bench.runs)]
        own = [run["own"] for run in memory]
        disks = median([run["own"] for run in disk]) - median(own)
        rows += [
            Row("of it waiting for the disk (beside the same on tmpfs)", seconds(max(disks, 0.0))),
            Row("own overhead, polls and fsyncs apart", spread(own), "", None, "≤ 20 ms", median(own) <= 0.020),
        ]
    else:
        rows.append(Row("own overhead with fsyncs (no tmpfs here to tell them apart)",
                        spread([run["own"] for run in disk])))
    rows.append(Row("fsyncs a clip, by strace", f"{syncs:.1f}", "0", None, "≤ 16", syncs <= 16))
    return rows


def one_by_one(bench, scratch, count):
    """Seconds a clip, and how they divide, seen from the line before the service."""
    with bench.folder(scratch) as folder:
        sandbox = Sandbox(bench.binary, folder)
        line = Line(("127.0.0.1", sandbox.port))
        url = f"http://127.0.0.1:{line.port}"
        settings = {"jobs": {"concurrency": 1, "uploads": 1}, "api": {"state_interval": "1ms"},
                    "export": {"poll_interval": "1ms"}}
        house = Dakbox(bench.binary, os.path.join(folder, "house"), url, settings)
        try:
            fill(bench, house, count, 20_000)
            house.start()
            wait_until("all films", lambda: house.done() == count, step=0.001)
            ended = time.monotonic()
            calls = line.calls()
            wall = ended - calls[0].began
            service = union(calls)
            # Two equal looks have one pause between them; a look at a render comes after one.
            pauses = 0.001 * sum(map(pause, calls, calls[1:]))
            each = {"wall": wall, "service": service, "pauses": pauses, "own": wall - service - pauses}
            return {name: value / count for name, value in each.items()}
        finally:
            house.stop()
            line.close()
            sandbox.stop()


def pause(before, call):
    """Whether a pause that is set lies between two calls."""
    looks_again = "/api/state/" in before.path and "/api/state/" in call.path
    return looks_again or (call.method == "GET" and "/render/" in call.path)


def union(calls):
    """Seconds in which a call was under way."""
    total, until = 0.0, 0.0
    for call in calls:
        total += max(0.0, call.ended - max(call.began, until))
        until = max(until, call.ended)
    return total


def rival_one_by_one(bench, count):
    """The same by the rival, in seconds a clip."""
    with bench.folder() as folder:
        sandbox = Sandbox(bench.binary, folder)
        house = Rival(bench.rival, os.path.join(folder, "house"), sandbox.url)
        try:
            fill(bench, house, count, 20_000)
            began = time.monotonic()
            house.start()
            wait_until("all films", lambda: house.done() == count)
            return (time.monotonic() - began) / count
        finally:
            house.stop()
            sandbox.stop()


def counted(bench):
    """fsyncs a clip, counted by strace: those of a run with clips less those of a run without."""
    count = 10
    return (syncs_of(bench, count) - syncs_of(bench, 0)) / count


def syncs_of(bench, count):
    with bench.folder() as folder:
        sandbox = Sandbox(bench.binary, folder)
        settings = {"jobs": {"concurrency": 1, "uploads": 1}}
        house = Dakbox(bench.binary, os.path.join(folder, "house"), sandbox.url, settings)
        trace = os.path.join(folder, "trace")
        try:
            fill(bench, house, count, 20_000)
            house.start("strace", "-f", "-qq", "-o", trace, "-e", "trace=fsync,fdatasync,sync_file_range,msync,syncfs")
            wait_until("all films", lambda: house.done() == count)
            # The last commits come after the clip was put away.
            time.sleep(1.0)
            with open(trace, encoding="utf-8", errors="replace") as file:
                return len(re.findall(r"\b(?:fsync|fdatasync|sync_file_range|msync|syncfs)\(", file.read()))
        finally:
            house.stop()
            sandbox.stop()
