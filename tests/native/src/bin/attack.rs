//! One attack in one process.
fn main() {}
