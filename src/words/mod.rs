//! What people read: notes and reports as text. Pure.
