//! What is collected: delivery, reports and notes, the archive.
