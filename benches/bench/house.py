"""A house for one measurement: the stand-in service, and dakbox or the rival with folders of their own."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
import uuid

from .machine import cpu_of, cpu_of_tree, find_tool, peak_memory, wait_until

SETTINGS = {
    "folders": {"min_free": "0", "first_run_limit": 1000000},
    "watch": {"mode": "native", "settle": "100ms", "sidecar_wait": "1h"},
    "api": {"state_interval": "10ms"},
    "export": {"poll_interval": "20ms"},
    "web": {"listen": "off"},
}


class Process:
    """Something that runs until it is stopped, with what it says in a file."""

    def __init__(self, args, log, env):
        with open(log, "ab") as file:
            self.child = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=env)
        self.pid = self.child.pid

    def stop(self, kind=signal.SIGTERM):
        """Asks it to end, and waits."""
        if self.child.poll() is None:
            self.child.send_signal(kind)
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


class Sandbox(Process):
    """`dakbox sandbox` on a free port, without ffmpeg: films are its sample, uploads are hashed and thrown away."""

    def __init__(self, binary, folder, message="0s", render="0s"):
        self.log, self.token = os.path.join(folder, "sandbox.log"), None
        args = [binary, "sandbox", "--listen", "127.0.0.1:0", "--credits", "100000000", "--second-stage", "0s"]
        # The rival's jq makes floats of numbers.
        args.append("--text-ids")
        args += ["--message-time", message, "--render-time", render]
        super().__init__(args, self.log, {"PATH": "/nonexistent", "HOME": folder})
        wait_until("the sandbox", lambda: self._url() is not None)
        self.url = self._url()
        self.port = int(self.url.rsplit(":", 1)[1])

    def _url(self):
        with open(self.log, encoding="utf-8") as log:
            found = re.search(r"listens on (http://\S+)", log.read())
        return found and found[1]

    def world(self):
        """What it has seen."""
        with urllib.request.urlopen(self.url + "/_world") as answer:
            return json.load(answer)

    def session(self):
        """A token and a new session, for a client that brings none of its own."""
        if self.token is None:
            # A client gets one token in seven days.
            asked = {"X-Client-Id": str(uuid.uuid4())}
            self.token = self._post("/api/auth/anonymous-token", asked)["data"]["token"]
        opened = self._post("/api/tasks/me/with-session/nemo_agent", {"Authorization": f"Bearer {self.token}"})
        return self.token, opened["data"]["session_id"]

    def _post(self, path, headers):
        headers = {**headers, "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data=b"{}", headers=headers, method="POST")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


class House:
    """The folders that both sides work in."""

    def __init__(self, folder):
        self.folder = folder
        self.root = os.path.join(folder, "clips")
        self.inbox, self.outbox = os.path.join(self.root, "inbox"), os.path.join(self.root, "outbox")
        os.makedirs(self.inbox)
        os.makedirs(self.outbox)
        self.process = None

    def words(self, stem, text="add Bangla subtitles"):
        """Drops a text."""
        with open(os.path.join(self.inbox, f"{stem}.txt"), "w", encoding="utf-8") as file:
            file.write(f"{text} to {stem}\n")

    def stop(self):
        """Ends what works here."""
        if self.process:
            self.process.stop()
            self.process = None


class Dakbox(House):
    """The daemon."""

    archive = property(lambda self: os.path.join(self.root, "archive"))

    def __init__(self, binary, folder, url, settings=None):
        super().__init__(folder)
        self.binary, self.log = binary, os.path.join(folder, "dakbox.log")
        self.env = {"PATH": "/usr/bin:/bin", "HOME": folder}
        merged = {section: dict(keys) for section, keys in SETTINGS.items()}
        own = {"folders": {"root": self.root}, "state": {"dir": os.path.join(folder, "state")}}
        own["api"] = {"url": url, "web_url": url}
        for more in (own, settings or {}):
            for section, keys in more.items():
                merged.setdefault(section, {}).update(keys)
        self.config = os.path.join(folder, "config.toml")
        with open(self.config, "w", encoding="utf-8") as file:
            for section, keys in merged.items():
                lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
                file.write("\n".join([f"[{section}]", *lines, "", ""]))

    def start(self, *before):
        """Starts it, behind another command if one is given, and waits until it watches."""
        args = [*before, self.binary, "--config", self.config, "run"]
        self.process = Process(args, self.log, self.env)
        wait_until("dakbox", self._watches)
        return self

    def _watches(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return "takes clips from" in log.read()

    def cpu(self):
        """Its CPU seconds so far."""
        return cpu_of(self.process.pid)

    def memory(self):
        """The most it has had in memory, in MB."""
        return peak_memory(self.process.pid)

    def done(self):
        """How many clips are delivered and put away."""
        try:
            return sum(name.endswith(".mp4") for name in os.listdir(self.archive))
        except FileNotFoundError:
            return 0


class Rival(House):
    """`peers/watch.sh`, with its start-up sleep and its poll taken out."""

    def __init__(self, script, folder, url, poll="0"):
        super().__init__(folder)
        self.script, self.url, self.poll = script, url, poll
        self.state, self.log = os.path.join(folder, "state"), os.path.join(folder, "watch.log")
        # What the service asks of every call besides; the script's curl reads it from here.
        with open(os.path.join(folder, ".curlrc"), "w", encoding="utf-8") as file:
            for name, value in (("Source", "generator-bangla"), ("Version", "1.0.0"), ("Platform", "unknown")):
                file.write(f'header = "X-Skill-{name}: {value}"\n')

    def start(self):
        """Starts it, and waits until it watches."""
        env = {"PATH": os.environ["PATH"], "HOME": self.folder, "INBOX": self.inbox, "OUTBOX": self.outbox}
        env |= {"STATE": self.state, "API": self.url, "POLL": self.poll, "WARMUP": "0"}
        self.process = Process([find_tool("bash"), self.script], self.log, env)
        wait_until("watch.sh", lambda: self.watcher() is not None)
        time.sleep(0.2)
        return self

    def watcher(self):
        """The process number of its inotifywait."""
        try:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="utf-8") as file:
                children = [int(pid) for pid in file.read().split()]
            for pid in children:
                with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                    if file.read().strip() == "inotifywait":
                        return pid
        except (FileNotFoundError, ProcessLookupError):
            pass
        return None

    def stop(self):
        """Ends it and its watcher, which it leaves behind."""
        watcher = self.watcher() if self.process else None
        super().stop()
        if watcher:
            try:
                os.kill(watcher, signal.SIGTERM)
            except ProcessLookupError:
                pass

    def cpu(self):
        """CPU seconds of the script and of all that it started and saw end."""
        return cpu_of_tree(self.process.pid)

    def done(self):
        """How many clips are delivered and put away."""
        try:
            return sum(name.endswith(".mp4") for name in os.listdir(os.path.join(self.state, "done")))
        except FileNotFoundError:
            return 0
