#!/usr/bin/env python3
"""Python's watchdog, as a script of a few lines would use it: `watch.py polling|inotify FOLDER`. Says `ready`, then waits."""

import sys
import time

from watchdog.events import FileSystemEventHandler

if sys.argv[1] == "polling":
    from watchdog.observers.polling import PollingObserver

    # Its own default is a second; dakbox polls every five.
    observer = PollingObserver(timeout=5)
else:
    from watchdog.observers.inotify import InotifyObserver

    observer = InotifyObserver()
observer.schedule(FileSystemEventHandler(), sys.argv[2], recursive=True)
observer.start()
print("ready", flush=True)
while True:
    time.sleep(3600)
