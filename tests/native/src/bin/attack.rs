//! One attack in one process, or what an attack needs around it.

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().collect();
    bailiwick_native::role::play(&words)
}
