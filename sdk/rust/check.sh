#!/bin/sh
# Proves that the crate can be published: its tests and its documentation's examples pass, it packages, and a tool builds
# against what is in the package. Works in a folder of its own; needs cargo with wasm32-unknown-unknown.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export CARGO_TARGET_DIR="$scratch/target"

cd "$here"
cargo test --quiet
cargo package --quiet --no-verify --allow-dirty
tar -xzf "$scratch/target/package/bailiwick-sdk-0.1.0.crate" -C "$scratch"

mkdir -p "$scratch/tool/src" "$scratch/tool/wit"
cat > "$scratch/tool/Cargo.toml" <<'TOML'
[package]
name = "tool"
version = "0.1.0"
edition = "2024"

[workspace]

[lib]
crate-type = ["cdylib"]

[dependencies]
bailiwick-sdk = { path = "../bailiwick-sdk-0.1.0" }
TOML
cat > "$scratch/tool/wit/world.wit" <<'WIT'
package check:tool@0.1.0;

world tool {
  include bailiwick:worlds/file-reader@0.1.0;
  export size: func(path: string) -> result<u64, string>;
}
WIT
# The packages of the host, as `bailiwick new` vendors them.
mkdir "$scratch/tool/wit/deps"
cp -R "$scratch/bailiwick-sdk-0.1.0/wit/." "$scratch/tool/wit/deps/"
cat > "$scratch/tool/src/lib.rs" <<'RUST'
bailiwick_sdk::generate!({ world: "tool", generate_all });

struct Tool;

export!(Tool);

impl Guest for Tool {
    fn size(path: String) -> Result<u64, String> {
        let file = bailiwick_sdk::files::open(&path).map_err(|error| error.to_string())?;
        Ok(file.size())
    }
}
RUST
cd "$scratch/tool"
cargo build --quiet --release --target wasm32-unknown-unknown
test -s "$scratch/target/wasm32-unknown-unknown/release/tool.wasm"
echo "the crate packages, and a tool builds against the package"
