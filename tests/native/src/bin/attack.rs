//! One attack in one process, or what an attack needs around it.

fn main() -> anyhow::Result<()> {
    // A host of one of the roles starts this program again.
    bailiwick::worker::main(vec![bailiwick_native::real::interface()]);
    let words: Vec<String> = std::env::args().collect();
    bailiwick_native::role::play(&words)
}
