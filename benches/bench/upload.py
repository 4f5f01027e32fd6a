"""The upload of a large clip: CPU and memory over plain HTTP, beside `curl -F`."""

import os
import subprocess
import time

from .house import Dakbox, Sandbox
from .machine import median, peak_memory, wait_until
from .report import Row, megabytes, seconds, spread

TINY = 20_000


def plain(bench):
    """CPU and memory of one upload; then what each further one at the same time adds to the memory."""
    size = bench.size(500)
    clip, tiny = bench.clips.kept("large", size), bench.clips.kept("tiny", TINY)
    ours, small, peaks, theirs, curls = [], [], [], [], []
    for _ in range(bench.runs):
        cpu, peak = dakbox_upload(bench, [clip])
        ours.append(cpu)
        peaks.append(peak)
        small.append(dakbox_upload(bench, [tiny])[0])
        cpu, peak = curl_upload(bench, clip)
        theirs.append(cpu)
        curls.append(peak)
    # All that a clip costs apart from its size is the same for the tiny one.
    alone = [cpu - median(small) for cpu in ours]
    many = bench.size(200)
    parts = [bench.clips.kept(f"part{nth}", many) for nth in range(4)]
    one, four = ([dakbox_upload(bench, parts[:count])[1] for _ in range(bench.runs)] for count in (1, 4))
    further = (median(four) - median(one)) / 3
    ratio, mb = median(alone) / median(theirs), size // 1_000_000
    memory = median(peaks)
    return [
        Row(f"upload of {mb} MB over http, CPU", spread(alone), "curl -F " + spread(theirs), ratio,
            "≤ 1.3 × curl", ratio <= 1.3),
        Row("the same, peak memory", spread(peaks, megabytes), spread(curls, megabytes),
            memory / median(curls), "≤ 24 MB", memory <= 24),
        Row(f"each further upload at once (4 × {many // 1_000_000} MB), memory", f"+ {further:.1f} MB", "", None,
            "≤ 2 MB", further <= 2),
        Row("a clip apart from its upload, CPU", spread(small)),
    ]


def dakbox_upload(bench, clips):
    """A fresh daemon that delivers these clips: its CPU from their drop to the end, and its peak memory."""
    with bench.folder() as folder:
        sandbox = Sandbox(bench.binary, folder)
        settings = {"jobs": {"uploads": len(clips), "concurrency": max(4, len(clips))}}
        house = Dakbox(bench.binary, os.path.join(folder, "house"), sandbox.url, settings)
        try:
            house.start()
            stems = [f"clip{nth}" for nth in range(len(clips))]
            for stem in stems:
                house.words(stem)
            time.sleep(0.3)
            before = house.cpu()
            for stem, clip in zip(stems, clips):
                os.link(clip, os.path.join(house.inbox, f"{stem}.mp4"))
            wait_until("the films", lambda: house.done() == len(clips), step=0.02)
            time.sleep(0.1)
            return house.cpu() - before, house.memory()
        finally:
            house.stop()
            sandbox.stop()


def curl_upload(bench, clip):
    """The same upload by curl: CPU and peak memory. Token and session are there already."""
    with bench.folder() as folder:
        sandbox = Sandbox(bench.binary, folder)
        try:
            token, session = sandbox.session()
            url = f"{sandbox.url}/api/upload-video/nemo_agent/me/{session}"
            return run_curl([url], token, clip)
        finally:
            sandbox.stop()


def run_curl(more, token, clip, env=None):
    """curl with one file as a form: CPU and peak memory."""
    args = ["curl", "-sS", "--fail", "-o", "/dev/null", "-H", f"Authorization: Bearer {token}"]
    args += ["-F", f"files=@{clip};filename=clip.mp4", *more]
    peak = 0.0
    child = subprocess.Popen(args, env=env)
    while True:
        # Its usage is told by the kernel at its end; its memory only as long as it runs.
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            break
        peak = max(peak, peak_memory(child.pid) or 0.0)
        time.sleep(0.002)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"curl ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, peak
