//! What is dropped: hints, the scan, settling, pairing, safe opening.
