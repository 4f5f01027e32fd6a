//! Sidecar text to what is to be done: encodings, headers, canonical words, steps, routes. Pure.
