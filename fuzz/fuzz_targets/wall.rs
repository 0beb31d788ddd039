//! The target `mcp` for the fuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bailiwick_fuzz::run("wall", data));
