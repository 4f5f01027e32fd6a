"""What a long past costs: each page and each list over 10,000 jobs beside the same over 100."""

import contextlib
import http.client
import os
import re
import statistics
import subprocess
import sys
import time

from .house import Dakbox, Sandbox
from .machine import wait_until
from .report import Row, spread

JOBS, BESIDE, GATE = 10_000, 100, 2.0
PAGES = ("/", "/jobs", "/jobs?state=failed", "/jobs/{job}", "/figures", "/health", "/metrics", "/readyz",
         "/api/v1/jobs", "/api/v1/jobs?state=failed&limit=10")
COMMANDS = (("status",), ("status", "--json"), ("jobs", "--limit", "100"), ("show", "{job}"))
# A page that was made a moment ago is handed out again: so long, and until the ledger changes.
KEPT = 0.8
ROUNDS = 7


class Past:
    """A dakbox with so many jobs behind it."""

    def __init__(self, bench, folder, url, jobs):
        os.makedirs(os.path.join(folder, "state"))
        filler = os.path.join(os.path.dirname(bench.binary), "examples", "fill-ledger")
        if not os.access(filler, os.X_OK):
            sys.exit(f"{filler} is not there: cargo build --release --locked --example fill-ledger")
        subprocess.run([filler, os.path.join(folder, "state", "ledger.db"), str(jobs)], check=True)
        self.dakbox = Dakbox(bench.binary, folder, url, {"web": {"listen": "127.0.0.1:0"}})
        self.newest = jobs
        self._start()

    def _start(self):
        # Where the page is stands in the log, which would tell of the run before.
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.dakbox.log)
        self.dakbox.start()
        wait_until("the page", lambda: self._address() is not None)
        self.address = self._address()

    def _address(self):
        with open(self.dakbox.log, encoding="utf-8") as log:
            found = re.search(r"the page is at http://(\S+)", log.read())
        return found and found[1]

    def page(self, path):
        """How long a page takes to be made and sent, and how long it is. Nothing that was kept is good for it: the ledger
        has changed since."""
        self.run("retry", str(self.newest))
        time.sleep(KEPT)
        return self._get(path)

    def first(self):
        """How long the board takes where nobody has asked for anything since the start."""
        self.dakbox.stop()
        self._start()
        return self._get("/")

    def _get(self, path):
        line = http.client.HTTPConnection(self.address, timeout=60)
        line.connect()
        begun = time.perf_counter()
        line.request("GET", path.format(job=self.newest))
        answer = line.getresponse()
        body = answer.read()
        took = time.perf_counter() - begun
        line.close()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status}")
        return took, len(body)

    def run(self, *words):
        """How long a command takes."""
        words = [word.format(job=self.newest) for word in words]
        begun = time.perf_counter()
        out = subprocess.run([self.dakbox.binary, "--config", self.dakbox.config, *words], env=self.dakbox.env,
                             stdin=subprocess.DEVNULL, capture_output=True).stdout
        return time.perf_counter() - begun, len(out)


def ledger(bench):
    """Both stand side by side, and are asked in turn."""
    rounds = 3 if bench.quick else ROUNDS
    with bench.folder(bench.memory) as folder:
        service = Sandbox(bench.binary, folder)
        pasts = []
        try:
            for jobs in (JOBS, BESIDE):
                of = os.path.join(folder, str(jobs))
                os.makedirs(of)
                pasts.append(Past(bench, of, service.url, jobs))
            asks = [("/, the first after a start", Past.first)]
            asks += [(path, lambda past, path=path: past.page(path)) for path in PAGES]
            asks += [(" ".join(("dakbox", *words)).replace("{job}", "JOB"), lambda past, words=words: past.run(*words))
                     for words in COMMANDS]
            for name, ask in asks:
                yield row(name, ask, pasts, rounds)
        finally:
            for past in pasts:
                past.dakbox.stop()
            service.stop()


def row(name, ask, pasts, rounds):
    """One page or command."""
    times = ([], [])
    for _ in range(rounds):
        for past, took in zip(pasts, times):
            took.append(ask(past)[0])
    many, few = (statistics.median(took) for took in times)
    ratio = many / few
    return Row(f"{name.format(job='JOB')}: {JOBS:,} jobs beside {BESIDE}", spread(times[0]), spread(times[1]), ratio,
               f"< {GATE:.0f}", ratio < GATE)
