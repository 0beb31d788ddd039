//! Bytes that somebody says are a component: refused with a reason, or loaded within their limits.

use std::sync::{Arc, OnceLock};

use bailiwick::policy::{Limit, LimitSettings, Limits, Rules, Source as Layer};
use bailiwick::{Host, LoadError, Outline, Source, ToolOptions};

/// What such a tool may take of the compiler.
const LIMITS: [(Limit, &str); 2] = [
    (Limit::ComponentSize, "64 KiB"),
    (Limit::CompileTime, "20 s"),
];

fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| Host::builder().build().expect("a host"))
}

fn options() -> ToolOptions {
    let mut settings = LimitSettings::new();
    for (limit, most) in LIMITS {
        settings.set(limit, most).expect("a limit");
    }
    ToolOptions {
        name: "fuzzed".into(),
        rules: Arc::new(Rules::none(Layer::Code)),
        narrowed_to: Vec::new(),
        limits: Limits::default().with(&settings),
        sha256: None,
        policy: [0; 32],
        ask: false,
        isolated: false,
        toolbox: None,
    }
}

pub(crate) fn run(data: &[u8]) {
    // The text format reaches much more of what stands behind the first bytes.
    let assembled = std::str::from_utf8(data)
        .ok()
        .filter(|text| text.trim_start().starts_with('('))
        .and_then(|text| wat::parse_str(text).ok());
    let bytes = assembled.as_deref().unwrap_or(data);
    let outline = Outline::read(bytes);
    match host().load(&Source::Bytes(bytes), options()) {
        Ok(tool) => {
            let outline = outline.expect("what was loaded has an outline");
            assert_eq!(tool.imports(), outline.imports);
            tool.functions().iter().for_each(|function| {
                assert!(!function.name().is_empty());
            });
        }
        Err(LoadError::CompileTime(_)) => panic!("the compiler took too long"),
        Err(LoadError::Audit(error)) => panic!("{error}"),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
