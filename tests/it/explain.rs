//! The trail of one file, told by `dakbox explain`.
