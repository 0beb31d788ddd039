//! Deliberately broken tools: each is caught by exactly one rule, the one that its folder is named after.

fn main() {}
