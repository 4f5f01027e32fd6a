//! What is known for good: events, jobs, intents, in SQLite behind one thread.
