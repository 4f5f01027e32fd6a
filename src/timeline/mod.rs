//! The draft as a timeline: tracks, summary, whether two differ, whether it can be exported. Pure.
