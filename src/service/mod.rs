//! The process: wiring, signals, locks, logging, systemd.
