"""What a measurement found, as lines of a Markdown table."""

from dataclasses import dataclass

HEAD = "| what | dakbox | rival | ratio | gate | met |\n|---|--:|--:|--:|---|---|"


@dataclass
class Row:
    """One line. `met` is None where nothing was promised."""

    what: str
    ours: str
    theirs: str = ""
    ratio: float | None = None
    gate: str = ""
    met: bool | None = None

    def line(self):
        """As Markdown."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        met = {True: "yes", False: "**no**", None: ""}[self.met]
        return f"| {self.what} | {self.ours} | {self.theirs} | {ratio} | {self.gate} | {met} |"


def seconds(value):
    """A time in the unit that people would use."""
    if value < 0.0995:
        return f"{value * 1000:.1f} ms"
    return f"{value:.3f} s" if value < 1 else f"{value:.2f} s"


def spread(values, shown=seconds):
    """A median with the smallest and the largest beside it."""
    ordered = sorted(values)
    middle = ordered[len(ordered) // 2] if len(ordered) % 2 else sum(ordered[len(ordered) // 2 - 1:][:2]) / 2
    return shown(middle) if len(ordered) == 1 else f"{shown(middle)} ({shown(ordered[0])}–{shown(ordered[-1])})"


def megabytes(value):
    """Memory."""
    return f"{value:.1f} MB"
