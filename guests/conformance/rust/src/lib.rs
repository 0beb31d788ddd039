//! The conformance tool in Rust, with plain cargo: one function for each value, each outcome and each use of a capability.

mod capabilities;
mod handles;
mod outcomes;
mod values;

bailiwick_sdk::generate!({
    path: [
        "../../../wit/log",
        "../../../wit/files",
        "../../../wit/http",
        "../../../wit/clock",
        "../../../wit/random",
        "../../../wit/worlds",
        "../wit",
    ],
    world: "bailiwick:conformance/conformance",
    with: {
        "bailiwick:log/log@0.1.0": bailiwick_sdk::log,
        "bailiwick:files/types@0.1.0": bailiwick_sdk::files,
        "bailiwick:files/read-file@0.1.0": bailiwick_sdk::files,
        "bailiwick:files/write-file@0.1.0": bailiwick_sdk::files,
        "bailiwick:files/list-files@0.1.0": bailiwick_sdk::files,
        "bailiwick:http/types@0.1.0": bailiwick_sdk::http,
        "bailiwick:http/http-get@0.1.0": bailiwick_sdk::http,
        "bailiwick:http/http-request@0.1.0": bailiwick_sdk::http,
        "bailiwick:clock/clock@0.1.0": bailiwick_sdk::clock,
        "bailiwick:random/random@0.1.0": bailiwick_sdk::random,
    },
});
bailiwick_sdk::log_panics!();

struct Tool;

export!(Tool);
