//! Headers: which a tool may set, and what would let it.

use super::*;
use crate::{HttpRequest, HttpRule, Manifest, Origin, Source, resolve};
use std::sync::Arc;

fn permit(rule: HttpRule) -> Permit<HttpTarget> {
    let mut manifest = Manifest::new();
    manifest.ask(Capability::HttpRequest);
    let builder = Rules::builder(Source::Code);
    let rules = builder.http_request(rule, Origin::Code).unwrap().build();
    let grant = resolve(&manifest, Arc::new(rules));
    let attempt = HttpRequest {
        method: "GET",
        url: "https://a.example/v1/x",
    };
    grant.decide(attempt).unwrap()
}

#[test]
fn permits_the_headers_of_the_rule_in_any_case_and_no_others() {
    let default = permit(HttpRule::new("https://a.example/v1/**"));
    assert_eq!(
        decide_headers(&default, ["Accept", "content-type", "USER-AGENT"]),
        Ok(())
    );
    assert_eq!(decide_headers(&default, []), Ok(()));
    for name in ["authorization", "host", "cookie", "x-a", ""] {
        let denial = decide_headers(&default, ["accept", name]).unwrap_err();
        assert_eq!(denial.reason(), &DenialReason::Header, "{name}");
    }
    let own = permit(HttpRule::new("https://a.example/v1/**").headers(["authorization"]));
    assert_eq!(decide_headers(&own, ["authorization"]), Ok(()));
    assert!(decide_headers(&own, ["accept"]).is_err());
}

#[test]
fn the_remedy_names_the_header_beside_those_that_are_permitted() {
    let default = permit(HttpRule::new("https://a.example/v1/**"));
    let denial = decide_headers(&default, ["Authorization"]).unwrap_err();
    let remedy = denial.remedy().unwrap();
    let headers = r#"headers = ["accept", "content-type", "user-agent", "authorization"]"#;
    assert!(remedy.contains(headers), "{remedy}");
    assert_eq!(
        decide_headers(&default, ["host"]).unwrap_err().remedy(),
        None
    );
}
