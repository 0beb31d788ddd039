//! Access files and who they let in.

mod callers;
mod files;
mod issuer;

use bailiwick::policy::{Extensions, Policy};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};

use super::*;

const POLICY: &str = r#"
[tools.csv-report]
component = "csv_report.wasm"
read-file = ["data/**"]
limits = { concurrency = 3 }

[tools.word-count]
component = "word_count.wasm"
"#;

fn policy() -> Policy {
    Policy::parse("bailiwick.toml", POLICY, &Extensions::new()).unwrap()
}

fn access(text: &str) -> Access {
    Access::parse("access.toml", text, &policy()).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn authenticator(access: Access) -> Authenticator {
    Authenticator::new(Arc::new(access)).unwrap()
}

fn with_header(value: &str) -> HeaderMap {
    let value = HeaderValue::from_str(value).unwrap();
    [(AUTHORIZATION, value)].into_iter().collect()
}

fn bearer(token: &str) -> HeaderMap {
    with_header(&format!("Bearer {token}"))
}
