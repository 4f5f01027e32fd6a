"""Clips that are taken at once: a real short film with a box of random bytes behind it, written out in full."""

import os
import struct

PIECE = 1 << 20


class Clips:
    """Makes clips of any size from a sample whose container proves its own end."""

    def __init__(self, sample, folder):
        with open(sample, "rb") as file:
            self.sample = file.read()
        self.folder = folder
        os.makedirs(folder, exist_ok=True)

    def write(self, path, size):
        """A clip of that many bytes, unlike every other: no hole and no zeros, so that nothing is in doubt."""
        rest = size - len(self.sample)
        if rest < 8:
            raise ValueError(f"a clip has at least {len(self.sample) + 8} bytes")
        with open(path, "wb") as file:
            file.write(self.sample)
            file.write(struct.pack(">I4s", rest, b"mdat"))
            left = rest - 8
            while left > 0:
                file.write(os.urandom(min(left, PIECE)))
                left -= PIECE

    def kept(self, name, size):
        """A large clip, made once for all runs and on disk before anything is measured."""
        path = os.path.join(self.folder, f"{name}-{size}.mp4")
        if not os.path.exists(path):
            self.write(path + ".part", size)
            os.rename(path + ".part", path)
            os.sync()
        return path
