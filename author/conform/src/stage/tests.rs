//! The stage by itself.
