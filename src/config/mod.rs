//! Settings: as typed, then as meant; problems with file, line, column and the nearest key.
