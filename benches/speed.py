#!/usr/bin/env python3
"""Measures dakbox beside its rivals, in one run and on one disk, and prints a Markdown table with ratios.

It needs Linux, Python 3.11, and the tools that it names when one is missing; it installs nothing. The program under
measurement is `target/release/dakbox` of this checkout (`cargo build --release`), unless another is named. Nothing
leaves this machine: the service is `dakbox sandbox`."""

import argparse
import contextlib
import glob
import os
import platform
import shutil
import sys
import tempfile
import time

from bench import arrival, backlog, idle, ledger, machine, quiet, report, secure, upload
from bench.clips import Clips

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
PARTS = {
    "upload": upload.plain,
    "tls": secure.over_tls,
    "arrival": arrival.first_byte,
    "backlog": backlog.backlog,
    "overhead": backlog.overhead,
    "scan": quiet.scan,
    "ledger": ledger.ledger,
    "idle": idle.idle,
    "small": idle.small,
}
# What is only measured when it is asked for.
LONG = ("idle", "small")


class Bench:
    """What every measurement asks for."""

    def __init__(self, asked):
        self.binary, self.rival = os.path.abspath(asked.binary), os.path.join(HERE, "peers", "watch.sh")
        self.scratch = os.path.abspath(asked.scratch)
        self.runs, self.quick, self.full = 1 if asked.quick else asked.runs, asked.quick, asked.full
        self.memory = "/dev/shm" if machine.file_system("/dev/shm") == "tmpfs" else None
        os.makedirs(self.scratch, exist_ok=True)
        self.clips = Clips(os.path.join(TOP, "tests", "media", "moov-first.mp4"), os.path.join(self.scratch, "clips"))

    def size(self, megabytes):
        """A size in bytes; a tenth of it for a quick try."""
        return megabytes * 1_000_000 // (10 if self.quick else 1)

    def count(self, clips):
        """How many clips; a tenth for a quick try."""
        return max(4, clips // 10) if self.quick else clips

    @contextlib.contextmanager
    def folder(self, scratch=None):
        """A folder for one measurement, gone after it; where it failed, the ends of its logs are shown."""
        path = tempfile.mkdtemp(prefix="run-", dir=scratch or self.scratch)
        try:
            yield path
        except BaseException:
            for log in sorted(glob.glob(os.path.join(glob.escape(path), "**", "*.log"), recursive=True)):
                with open(log, encoding="utf-8", errors="replace") as file:
                    print(f"--- {log}", *file.read().splitlines()[-10:], sep="\n", file=sys.stderr)
            raise
        finally:
            shutil.rmtree(path, ignore_errors=True)


def asked():
    """What was typed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="PART,…", help="some of: " + ", ".join(PARTS))
    parser.add_argument("--runs", type=int, default=3, help="how often each is measured; the table has medians (3)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes, once each: to see that it works")
    parser.add_argument("--full", action="store_true", help="watch.sh does all 200 clips, and 500 MB go over TLS too")
    parser.add_argument("--idle", action="store_true", help="also wait beside other watchers, and run in 512 MB: nine minutes")
    parser.add_argument("--binary", default=os.path.join(TOP, "target", "release", "dakbox"))
    parser.add_argument("--scratch", default=os.path.join(TOP, "target", "bench"), help="a folder on the disk to measure")
    typed = parser.parse_args()
    chosen = typed.only.split(",") if typed.only else [part for part in PARTS if part not in LONG or typed.idle]
    unknown = [part for part in chosen if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    return typed, chosen


def main():
    typed, chosen = asked()
    missing = machine.missing_tools()
    if missing:
        sys.exit(f"missing; as root: apt-get install --no-install-recommends {' '.join(missing)}")
    if not os.access(typed.binary, os.X_OK):
        sys.exit(f"{typed.binary} is not there: cargo build --release --locked")
    bench = Bench(typed)
    half, most = machine.fsync_times(bench.scratch)
    print(f"{time.strftime('%F %R')}, {os.cpu_count()} cores, Linux {platform.release()}, "
          f"{machine.file_system(bench.scratch)}, one fsync {report.seconds(half)} (p90 {report.seconds(most)}), "
          f"load at the start {os.getloadavg()[0]:.1f}, runs: {bench.runs}, `{' '.join(['benches/speed.py', *sys.argv[1:]])}`\n")
    print(report.HEAD, flush=True)
    missed = 0
    for part in chosen:
        for row in PARTS[part](bench):
            print(row.line(), flush=True)
            missed += row.met is False
    print(f"\n{missed or 'No'} gate{'' if missed == 1 else 's'} missed.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
