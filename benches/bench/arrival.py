"""From a writer's close(2) to the first byte at the service."""

import os
import time

from .house import Dakbox, Rival, Sandbox
from .line import Line
from .machine import percentile, wait_until
from .report import Row, seconds

SIZE = 20_000


def first_byte(bench):
    """Each clip is dropped into a house at rest; its text lies there already, and its container proves its end."""
    ours = times(bench, lambda folder, url: Dakbox(bench.binary, folder, url))
    theirs = times(bench, lambda folder, url: Rival(bench.rival, folder, url))
    rows = []
    for what, at in (("first byte of the upload", 1), ("first byte of any call", 0)):
        mine, other = [each[at] for each in ours], [each[at] for each in theirs]
        p50, ratio = percentile(mine, 50), percentile(mine, 50) / percentile(other, 50)
        gate = at == 1
        rows.append(Row(f"close(2) → {what}, p50 of {len(mine)}", seconds(p50),
                        "watch.sh " + seconds(percentile(other, 50)), ratio,
                        "≤ 10 ms and ≤ 1/5 of watch.sh" if gate else "",
                        p50 <= 0.010 and ratio <= 0.2 if gate else None))
        rows.append(Row("the same, p90", seconds(percentile(mine, 90)), seconds(percentile(other, 90)),
                        percentile(mine, 90) / percentile(other, 90)))
    return rows


def times(bench, make):
    """For each clip the seconds from its close to the first byte of any call and to that of its upload."""
    count, found = bench.count(40), []
    with bench.folder() as folder:
        sandbox = Sandbox(bench.binary, folder)
        line = Line(("127.0.0.1", sandbox.port))
        house = make(os.path.join(folder, "house"), f"http://127.0.0.1:{line.port}")
        try:
            house.start()
            for nth in range(count + 1):
                house.words(f"clip{nth}")
            time.sleep(0.5)
            for nth in range(count + 1):
                found.append(drop(bench, house, line, nth))
        finally:
            house.stop()
            line.close()
            sandbox.stop()
    # The first one also asks for the token.
    return found[1:]


def drop(bench, house, line, nth):
    """Drops a clip and waits until it is put away."""
    path = os.path.join(house.folder, f"clip{nth}.mp4")
    bench.clips.write(path, SIZE)
    with open(path, "rb") as file:
        content = file.read()
    seen = len(line.calls())
    target = os.open(os.path.join(house.inbox, f"clip{nth}.mp4"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    os.write(target, content)
    closed = time.monotonic()
    os.close(target)
    wait_until(f"clip{nth}", lambda: house.done() == nth + 1)
    time.sleep(0.05)
    calls = line.calls()[seen:]
    upload = next(call for call in calls if "upload-video" in call.path)
    return calls[0].began - closed, upload.began - closed
