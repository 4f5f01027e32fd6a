//! What a file is by its own bytes: whole, cut, zero-tailed, or no media. Pure over `Read + Seek`.
