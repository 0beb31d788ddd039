//! The target `section` for the fuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bailiwick_fuzz::run("section", data));
