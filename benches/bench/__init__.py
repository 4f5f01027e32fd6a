"""The parts of the speed bench; begun by ../speed.py."""
