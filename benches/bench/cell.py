"""A cell with little memory: a control group of either version, for one process."""

import os
import time

ROOT = "/sys/fs/cgroup"
# In both versions: where the group is, its limit, its peak; swap is off where that can be said.
VERSIONS = (
    (os.path.join(ROOT, "memory"), "memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.oom_control"),
    (ROOT, "memory.max", "memory.peak", "memory.events"),
)


class Cell:
    """Made for one measurement; `why_not` says why there is none."""

    def __init__(self, name, limit):
        self.why_not, self.path = "it takes root and a control group for memory", None
        for parent, cap, peak, events in VERSIONS:
            path = os.path.join(parent, name)
            try:
                os.mkdir(path)
                self.path, self._peak, self._events = path, peak, events
                self._write(cap, limit)
                self.why_not = None
                return
            except OSError:
                # A folder in a plain file system, or a group without this controller.
                self.remove()

    def _write(self, name, value):
        path = os.path.join(self.path, name)
        if not os.path.exists(path):
            raise FileNotFoundError(path)
        with open(path, "w", encoding="ascii") as file:
            file.write(f"{value}\n")

    def enter(self):
        """What a command is started behind, so that it runs inside."""
        procs = os.path.join(self.path, "cgroup.procs")
        return ["/bin/sh", "-c", f'echo $$ >"{procs}" && exec "$@"', "sh"]

    def most(self):
        """The most memory inside at once, page cache included, in MB."""
        try:
            with open(os.path.join(self.path, self._peak), encoding="ascii") as file:
                return int(file.read()) / 1e6
        except FileNotFoundError:
            return float("nan")

    def killed(self):
        """How many processes the kernel has killed for want of memory."""
        with open(os.path.join(self.path, self._events), encoding="ascii") as file:
            said = dict(line.split() for line in file)
        return int(said.get("oom_kill", 0))

    def remove(self):
        """Once nothing runs in it; the kernel takes a moment to see that."""
        for _ in range(50):
            try:
                if self.path:
                    os.rmdir(self.path)
                return
            except OSError:
                time.sleep(0.1)
