"""The machine under the bench: its tools, its disk, and what a process has used."""

import os
import shutil
import statistics
import time

# Each tool, and the Debian package that has it.
TOOLS = {
    "curl": "curl",
    "jq": "jq",
    "inotifywait": "inotify-tools",
    "nginx": "nginx-light",
    "openssl": "openssl",
    "strace": "strace",
    "find": "findutils",
    "flock": "util-linux",
}


def find_tool(name):
    """Where a tool is; nginx lies where only root's PATH looks."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def missing_tools():
    """The packages to install before anything is measured."""
    return sorted({package for tool, package in TOOLS.items() if find_tool(tool) is None})


def file_system(path):
    """The kind of file system that a path lies on."""
    path, best = os.path.realpath(path), ("", "unknown")
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as mounts:
        for line in mounts:
            left, right = line.split(" - ", 1)
            point, kind = left.split()[4], right.split()[0]
            inside = path == point or path.startswith(point.rstrip("/") + "/")
            if inside and len(point) >= len(best[0]):
                best = (point, kind)
    return best[1]


def fsync_times(folder, count=200):
    """Seconds that fdatasync takes after 4 KiB were appended: the median and the 90th percentile."""
    path = os.path.join(folder, "fsync.probe")
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    times = []
    try:
        for _ in range(count):
            os.write(handle, b"x" * 4096)
            began = time.monotonic()
            os.fdatasync(handle)
            times.append(time.monotonic() - began)
    finally:
        os.close(handle)
        os.unlink(path)
    return percentile(times, 50), percentile(times, 90)


def cpu_of(pid):
    """User and system seconds of a process and all its threads, ended ones too, in nanosecond steps."""
    return time.clock_gettime(((~pid) << 3) | 2)


def cpu_of_tree(pid):
    """The same for a shell and all that it has waited for, in steps of a clock tick."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def peak_memory(pid):
    """The most that a process has had in memory, in MB; None once it has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024 / 1e6
    except (FileNotFoundError, ProcessLookupError):
        pass
    return None


def percentile(values, nth):
    """The smallest value that so many percent are not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * nth // 100) - 1))]


def median(values):
    """The middle."""
    return statistics.median(values)


def wait_until(what, is_so, seconds=120, step=0.002):
    """Waits until it is so; a bench that waits for nothing says for what."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            raise TimeoutError(f"never came: {what}")
        time.sleep(step)
