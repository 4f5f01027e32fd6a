//! Folders as file systems: whose they are (the mark), what kind, how much is free.
