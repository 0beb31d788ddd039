//! What holds for every policy and every attempt, whichever they are.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod calls;
mod effects;
mod model;
mod private;
mod secrets;
mod words;

use bailiwick_policy::{
    CallTool, Capability, DirectoryRule, DrawRandom, Extensions, FileRule, FileTarget, Grant,
    HttpGet, HttpRequest, HttpRule, HttpTarget, HttpUrl, ListFiles, Manifest, Origin, PathPattern,
    Permit, Policy, ReadClock, ReadFile, RelativePath, Rules, Source, UrlPattern, UseKeyValue,
    UseSecret, WriteFile, resolve,
};
use model::{model_denies, model_permits, model_sends};
use proptest::prelude::*;
use std::sync::Arc;

const CASES: u32 = 512;

/// A rule about files, as a test makes one.
#[derive(Debug, Clone)]
struct File {
    pattern: String,
    hard_links: bool,
    size: Option<u64>,
}

/// A rule about requests.
#[derive(Debug, Clone)]
struct Http {
    pattern: String,
    private: bool,
    response: Option<u64>,
    post: bool,
}

fn path_pattern() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        4 => Just("a"),
        3 => Just("b"),
        2 => Just("ab"),
        2 => Just("*"),
        1 => Just("a*"),
        1 => Just("*b"),
        1 => Just("a*b"),
        2 => Just("**"),
    ];
    let body = prop::collection::vec(segment, 1..5).prop_map(|mut segments| {
        segments.dedup_by(|one, other| *one == "**" && *other == "**");
        segments.join("/")
    });
    (prop::bool::weighted(0.25), body)
        .prop_map(|(denies, body)| if denies { format!("!{body}") } else { body })
}

fn file_rule() -> impl Strategy<Value = File> {
    (path_pattern(), any::<bool>(), prop::option::of(1..4_u64)).prop_map(
        |(pattern, hard_links, size)| File {
            pattern,
            hard_links,
            size,
        },
    )
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec!["a", "b", "ab", "ba", "aab", "c"]),
        1..6,
    )
    .prop_map(|path| path.join("/"))
}

fn url_pattern() -> impl Strategy<Value = String> {
    let host = prop_oneof![
        4 => Just("h.example"), 3 => Just("a.h.example"), 2 => Just("*.h.example"), 1 => Just("**"), 1 => Just("*.example"),
        1 => Just("127.0.0.1"), 1 => Just("xn--a.h.example"),
    ];
    let scheme = prop_oneof![4 => Just("https"), 1 => Just("http")];
    let port = prop_oneof![4 => Just(""), 1 => Just(":8443")];
    let slash = prop_oneof![4 => Just(""), 1 => Just("/")];
    let query = prop_oneof![5 => Just(""), 1 => Just("?q=1")];
    let parts = (scheme, host, port, path_pattern(), slash, query);
    parts.prop_map(|(scheme, host, port, path, slash, query)| {
        let (deny, path) = path
            .strip_prefix('!')
            .map_or(("", path.as_str()), |path| ("!", path));
        let query = if deny.is_empty() { query } else { "" };
        format!("{deny}{scheme}://{host}{port}/{path}{slash}{query}")
    })
}

fn http_rule() -> impl Strategy<Value = Http> {
    let parts = (
        url_pattern(),
        any::<bool>(),
        prop::option::of(1..4_u64),
        any::<bool>(),
    );
    parts.prop_map(|(pattern, private, response, post)| Http {
        pattern,
        private,
        response,
        post,
    })
}

fn url() -> impl Strategy<Value = String> {
    let host = prop::sample::select(vec![
        "h.example",
        "a.h.example",
        "b.h.example",
        "x.a.h.example",
        "127.0.0.1",
        "xn--a.h.example",
    ]);
    let parts = (
        prop::sample::select(vec!["https", "http"]),
        host,
        prop::sample::select(vec!["", "", ":8443"]),
        path(),
        prop::sample::select(vec!["", "", "/"]),
        prop::sample::select(vec!["", "", "?q=1", "?q=2"]),
    );
    parts.prop_map(|(scheme, host, port, path, slash, query)| {
        format!("{scheme}://{host}{port}/{path}{slash}{query}")
    })
}

fn files(list: &[File]) -> Arc<Rules> {
    let mut builder = Rules::builder(Source::Code).link(&Capability::ReadFile);
    for rule in list {
        let pattern = PathPattern::parse(&rule.pattern).unwrap();
        let mut made = FileRule::new(&*rule.pattern);
        if pattern.is_everything() {
            made = made.everything();
        }
        if !pattern.denies() && rule.hard_links {
            made = made.allow_hard_links();
        }
        if let Some(size) = rule.size.filter(|_| !pattern.denies()) {
            made = made.max_size(size);
        }
        builder = builder.read_file(made, Origin::Code).unwrap();
    }
    Arc::new(builder.build())
}

fn requests(list: &[Http]) -> Arc<Rules> {
    let mut builder = Rules::builder(Source::Code).link(&Capability::HttpRequest);
    for rule in list {
        let pattern = UrlPattern::parse(&rule.pattern).unwrap();
        let mut made = HttpRule::new(&*rule.pattern);
        if pattern.is_everything() {
            made = made.everything();
        }
        if !pattern.denies() && rule.private {
            made = made.allow_private();
        }
        if !pattern.denies() && rule.post {
            made = made.methods(["GET", "POST"]).headers(["x-a"]);
        }
        if let Some(bytes) = rule.response.filter(|_| !pattern.denies()) {
            made = made.max_response(bytes);
        }
        builder = builder.http_request(made, Origin::Code).unwrap();
    }
    Arc::new(builder.build())
}

fn grant(rules: Arc<Rules>) -> Grant {
    resolve(&Capability::BUILT_IN.into_iter().collect(), rules)
}

/// What a file permit allows, so that two can be compared: more is wider.
fn file_width(permit: &Permit<FileTarget>) -> (bool, u64) {
    (
        permit.target().allow_hard_links(),
        permit.target().max_bytes().unwrap_or(u64::MAX),
    )
}

fn http_width(permit: &Permit<HttpTarget>) -> (bool, u64, Vec<String>) {
    let target = permit.target();
    let headers = target.headers().map(str::to_owned).collect();
    (
        target.allow_private(),
        target.max_response().unwrap_or(u64::MAX),
        headers,
    )
}

fn read(rules: Arc<Rules>, path: &str) -> Option<(bool, u64)> {
    grant(rules)
        .decide(ReadFile { path })
        .ok()
        .as_ref()
        .map(file_width)
}

fn send(rules: Arc<Rules>, method: &str, url: &str) -> Option<(bool, u64, Vec<String>)> {
    grant(rules)
        .decide(HttpRequest { method, url })
        .ok()
        .as_ref()
        .map(http_width)
}

fn file_is_within(narrow: Option<(bool, u64)>, wide: Option<(bool, u64)>) -> bool {
    match (narrow, wide) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(narrow), Some(wide)) => narrow.0 <= wide.0 && narrow.1 <= wide.1,
    }
}

fn http_is_within(
    narrow: Option<(bool, u64, Vec<String>)>,
    wide: Option<(bool, u64, Vec<String>)>,
) -> bool {
    match (narrow, wide) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(narrow), Some(wide)) => {
            narrow.0 <= wide.0
                && narrow.1 <= wide.1
                && narrow.2.iter().all(|header| wide.2.contains(header))
        }
    }
}

fn patterns(rules: &[File]) -> Vec<String> {
    rules.iter().map(|rule| rule.pattern.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) })]

    #[test]
    fn the_path_matcher_says_what_the_obvious_one_says(rules in prop::collection::vec(file_rule(), 0..8), path in path()) {
        prop_assert_eq!(read(files(&rules), &path).is_some(), model_permits(&patterns(&rules), &path));
    }

    #[test]
    fn the_url_matcher_says_what_the_obvious_one_says(rules in prop::collection::vec(url_pattern(), 0..8), url in url()) {
        let list: Vec<Http> =
            rules.iter().map(|pattern| Http { pattern: pattern.clone(), private: true, response: None, post: false }).collect();
        prop_assert_eq!(send(requests(&list), "GET", &url).is_some(), model_sends(&rules, &url));
    }

    #[test]
    fn removing_a_permitting_rule_never_adds_a_permit(
        rules in prop::collection::vec(file_rule(), 1..8), gone in any::<prop::sample::Index>(), path in path(),
    ) {
        let gone = gone.index(rules.len());
        prop_assume!(!rules[gone].pattern.starts_with('!'));
        let mut fewer = rules.clone();
        fewer.remove(gone);
        prop_assert!(file_is_within(read(files(&fewer), &path), read(files(&rules), &path)));
    }

    #[test]
    fn removing_a_permitting_url_rule_never_adds_a_permit(
        rules in prop::collection::vec(http_rule(), 1..8), gone in any::<prop::sample::Index>(), url in url(), post in any::<bool>(),
    ) {
        let gone = gone.index(rules.len());
        prop_assume!(!rules[gone].pattern.starts_with('!'));
        let method = if post { "POST" } else { "GET" };
        let mut fewer = rules.clone();
        fewer.remove(gone);
        prop_assert!(http_is_within(send(requests(&fewer), method, &url), send(requests(&rules), method, &url)));
    }

    #[test]
    fn a_deny_always_wins_and_never_adds(rules in prop::collection::vec(file_rule(), 0..6), deny in path_pattern(), path in path()) {
        let deny = format!("!{}", deny.trim_start_matches('!'));
        let mut more = rules.clone();
        more.push(File { pattern: deny.clone(), hard_links: false, size: None });
        let after = read(files(&more), &path);
        prop_assert!(file_is_within(after, read(files(&rules), &path)));
        let body: Vec<&str> = deny.trim_start_matches('!').split('/').collect();
        if model_denies(&body, &path.split('/').collect::<Vec<_>>()) {
            prop_assert_eq!(after, None);
        }
    }

    #[test]
    fn the_order_of_rules_never_matters(
        (rules, shuffled) in prop::collection::vec(file_rule(), 0..8).prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle())),
        path in path(),
    ) {
        prop_assert_eq!(read(files(&rules), &path), read(files(&shuffled), &path));
    }

    #[test]
    fn the_order_of_url_rules_never_matters(
        (rules, shuffled) in prop::collection::vec(http_rule(), 0..8).prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle())),
        url in url(), post in any::<bool>(),
    ) {
        let method = if post { "POST" } else { "GET" };
        prop_assert_eq!(send(requests(&rules), method, &url), send(requests(&shuffled), method, &url));
    }

    #[test]
    fn narrowing_never_adds(
        policy in prop::collection::vec(file_rule(), 0..6), call in prop::collection::vec(file_rule(), 0..6), path in path(),
    ) {
        let narrowed = grant(files(&policy)).narrow(files(&call));
        let narrowed = narrowed.decide(ReadFile { path: &path }).ok().as_ref().map(file_width);
        let (one, other) = (read(files(&policy), &path), read(files(&call), &path));
        prop_assert!(file_is_within(narrowed, one));
        prop_assert!(file_is_within(narrowed, other));
        prop_assert_eq!(narrowed.is_some(), one.is_some() && other.is_some());
    }

    #[test]
    fn narrowing_requests_never_adds(
        policy in prop::collection::vec(http_rule(), 0..6), call in prop::collection::vec(http_rule(), 0..6), url in url(),
    ) {
        let narrowed = grant(requests(&policy)).narrow(requests(&call));
        let narrowed = narrowed.decide(HttpRequest { method: "GET", url: &url }).ok().as_ref().map(http_width);
        let (one, other) = (send(requests(&policy), "GET", &url), send(requests(&call), "GET", &url));
        prop_assert!(http_is_within(narrowed.clone(), one));
        prop_assert!(http_is_within(narrowed, other));
    }

    #[test]
    fn a_grant_is_inside_what_was_asked_and_what_was_allowed(
        asked in prop::collection::btree_set(prop::sample::select(Capability::BUILT_IN.to_vec()), 0..9),
        allowed in prop::collection::btree_set(prop::sample::select(Capability::BUILT_IN.to_vec()), 0..9),
        path in path(), url in url(),
    ) {
        let manifest: Manifest = asked.iter().cloned().collect();
        let grant = resolve(&manifest, Arc::new(everything(&allowed)));
        let mut tried = tried(&grant, &path, &url);
        for (capability, permitted) in tried.drain(..) {
            let inside = asked.contains(&capability) && allowed.contains(&capability);
            prop_assert_eq!(grant.links(&capability), inside);
            prop_assert!(inside || !permitted, "{}", capability);
        }
    }

    #[test]
    fn the_empty_policy_permits_nothing(path in any::<String>(), url in any::<String>(), usual in path(), usual_url in url()) {
        let all: Manifest = Capability::BUILT_IN.into_iter().collect();
        let linked = Capability::BUILT_IN.iter().fold(Rules::builder(Source::Code), |builder, capability| builder.link(capability));
        for rules in [Rules::none(Source::Code), linked.build()] {
            let grant = resolve(&all, Arc::new(rules));
            for (path, url) in [(&path, &url), (&usual, &usual_url)] {
                prop_assert!(tried(&grant, path, url).iter().all(|(_, permitted)| !permitted));
            }
        }
    }

    #[test]
    fn parsing_what_was_written_gives_the_same_policy(
        reads in prop::collection::vec(file_rule(), 0..4),
        sends in prop::collection::vec(http_rule(), 0..4),
        lists in prop::collection::vec(path_pattern(), 0..3),
        limits in prop::collection::btree_map(prop::sample::select(vec!["memory", "output", "log"]), 1_u64..1000, 0..3),
        clock in any::<bool>(), component in "[a-z \"'\\\\é]{1,12}",
    ) {
        let text = policy_text(&reads, &sends, &lists, &limits, clock, &component);
        let policy = Policy::parse("policy.toml", &text, &Extensions::new()).unwrap_or_else(|error| panic!("{error}"));
        let written = policy.to_string();
        let again = Policy::parse("again.toml", &written, &Extensions::new()).unwrap_or_else(|error| panic!("{written}\n{error}"));
        prop_assert_eq!(&policy, &again);
        prop_assert_eq!(again.to_string(), written);
    }

    #[test]
    fn a_remedy_permits_the_attempt_and_nothing_else(rules in prop::collection::vec(file_rule(), 0..4), path in path(), other in path()) {
        let permits: Vec<File> = rules.into_iter().filter(|rule| !rule.pattern.starts_with('!')).collect();
        let text = policy_text(&permits, &[], &[], &Default::default(), false, "c.wasm");
        let before = policy_grant(&text);
        let Err(denial) = before.decide(ReadFile { path: &path }) else { return Ok(()) };
        let remedy = denial.remedy().unwrap();
        let line = remedy.split('`').nth(1).unwrap();
        let after = policy_grant(&text.replacen("read-file = [", &format!("read-file = [{line}, "), 1));
        prop_assert!(after.decide(ReadFile { path: &path }).is_ok(), "{}", remedy);
        if other != path {
            prop_assert_eq!(before.decide(ReadFile { path: &other }).is_ok(), after.decide(ReadFile { path: &other }).is_ok());
        }
    }

    #[test]
    fn nothing_that_is_read_makes_it_panic(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let lossy = String::from_utf8_lossy(&bytes);
        for text in [text.as_str(), &lossy] {
            drop(Policy::parse("p.toml", text, &Extensions::new()).map_err(|error| error.to_string()));
            drop(RelativePath::parse(text));
            drop(HttpUrl::parse(text));
            drop(PathPattern::parse(text));
            drop(UrlPattern::parse(text));
        }
        drop(RelativePath::from_bytes(&bytes));
    }

    #[test]
    fn nothing_near_a_policy_makes_it_panic(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "[tools.a]", "\n", "component", " = ", "\"a.wasm\"", "read-file", "[", "]", "{", "}", "path", "\"!", "\"", "'", "**", "/", "é",
            "http-get", "https://", "url", "[tools.a.limits]", "memory", "\"64 MiB\"", "true", "false", "1", ",", "\\u0000", "[network]",
            "proxy", "[[", "]]", "clock", ".", "acme:x", "[audit]", "sync", "\t", "\r\n", "\"\"\"", "#", "9999999999999999999", "-", "1.5",
            "1979-05-27", "everything",
        ]), 0..40),
    ) {
        let text = pieces.concat();
        drop(Policy::parse("p.toml", &text, &Extensions::new()).map_err(|error| (error.to_string(), error.coloured())));
    }

    #[test]
    fn a_url_that_passes_means_the_same_to_another_parser(
        raw in prop_oneof![
            "[hH][tT]{2}[pP][sS]?://[a-zA-Z0-9.:@%\\[\\]*_-]{0,20}(/[a-zA-Z0-9.;%2eEfF5cC~!$&'()+,=:@\\\\-]{0,10}){0,4}(\\?[a-z%0-9=&?/.]{0,10})?",
            "[hH]ttps?://[a-zA-Z0-9]{1,5}(\\.[a-zA-Z0-9-]{1,5}){0,3}(:[1-9][0-9]{0,3})?(/[a-zA-Z0-9;~!=:@.]{1,5}(%[4-7][0-9a-f])?){0,4}/?(\\?[a-z0-9=&?/.]{0,10})?",
        ],
    ) {
        let Ok(checked) = HttpUrl::parse(&raw) else { return Ok(()) };
        prop_assert_eq!(&HttpUrl::parse(checked.as_str()).unwrap(), &checked);
        for text in [raw.as_str(), checked.as_str()] {
            // Names in `xn--` form that are no names at all are refused there, and stand in no pattern here.
            let Ok(other) = url::Url::parse(text) else {
                prop_assert!(checked.host().is_international(), "{}", text);
                continue;
            };
            prop_assert_eq!(other.host_str(), Some(checked.host().as_str()));
            prop_assert_eq!(other.port_or_known_default(), Some(checked.port()));
        }
        let other = url::Url::parse(checked.as_str());
        if let Ok(other) = other {
            prop_assert_eq!(other.path(), checked.path());
            prop_assert_eq!(other.query().is_some(), checked.query().is_some());
        }
    }
}

/// Rules that permit all of the test's attempts, for these capabilities.
fn everything(allowed: &std::collections::BTreeSet<Capability>) -> Rules {
    let mut builder = Rules::builder(Source::Code);
    for capability in allowed {
        let origin = Origin::Code;
        builder = match capability {
            Capability::ReadFile => builder
                .read_file(FileRule::new("**").everything(), origin)
                .unwrap(),
            Capability::WriteFile => builder
                .write_file(FileRule::new("**").everything(), origin)
                .unwrap(),
            Capability::ListFiles => builder
                .list_files(DirectoryRule::new("**").everything(), origin)
                .unwrap(),
            Capability::HttpGet => builder
                .http_get(HttpRule::new("https://**/**").everything(), origin)
                .unwrap(),
            Capability::HttpRequest => builder
                .http_request(HttpRule::new("https://**/**").everything(), origin)
                .unwrap(),
            Capability::Clock => builder.clock(origin),
            Capability::Random => builder.random(origin),
            Capability::KeyValue => builder.key_value(origin),
            Capability::CallTool => builder.call_tool("other", origin).unwrap(),
            Capability::Secret => builder.secret("key", origin).unwrap(),
            Capability::Extension(_) => builder,
        };
    }
    builder.build()
}

fn tried(grant: &Grant, path: &str, url: &str) -> Vec<(Capability, bool)> {
    vec![
        (
            Capability::ReadFile,
            grant.decide(ReadFile { path }).is_ok(),
        ),
        (
            Capability::WriteFile,
            grant.decide(WriteFile { path }).is_ok(),
        ),
        (
            Capability::ListFiles,
            grant.decide(ListFiles { path }).is_ok(),
        ),
        (Capability::HttpGet, grant.decide(HttpGet { url }).is_ok()),
        (
            Capability::HttpRequest,
            grant.decide(HttpRequest { method: "GET", url }).is_ok(),
        ),
        (Capability::Clock, grant.decide(ReadClock).is_ok()),
        (Capability::Random, grant.decide(DrawRandom).is_ok()),
        (Capability::KeyValue, grant.decide(UseKeyValue).is_ok()),
        (
            Capability::CallTool,
            grant.decide(CallTool::named("other")).is_ok(),
        ),
        (
            Capability::Secret,
            grant.decide(UseSecret { name: "key" }).is_ok(),
        ),
    ]
}

fn policy_grant(text: &str) -> Grant {
    let policy = Policy::parse("policy.toml", text, &Extensions::new())
        .unwrap_or_else(|error| panic!("{error}"));
    grant(Arc::clone(policy.tool("t").unwrap().rules()))
}

fn policy_text(
    reads: &[File],
    sends: &[Http],
    lists: &[String],
    limits: &std::collections::BTreeMap<&str, u64>,
    clock: bool,
    component: &str,
) -> String {
    let everything = |is: bool| if is { ", everything = true" } else { "" };
    let reads = reads.iter().map(|rule| {
        let pattern = PathPattern::parse(&rule.pattern).unwrap();
        let links = if rule.hard_links && !pattern.denies() {
            ", allow-hard-links = true"
        } else {
            ""
        };
        let size = rule
            .size
            .filter(|_| !pattern.denies())
            .map(|size| format!(", max-size = \"{size} KiB\""))
            .unwrap_or_default();
        format!(
            "{{ path = \"{}\"{links}{size}{} }}",
            rule.pattern,
            everything(pattern.is_everything())
        )
    });
    let sends = sends.iter().map(|rule| {
        let pattern = UrlPattern::parse(&rule.pattern).unwrap();
        let private = if rule.private && !pattern.denies() {
            ", allow-private = true"
        } else {
            ""
        };
        let post = if rule.post && !pattern.denies() {
            ", methods = [\"POST\", \"GET\"], headers = []"
        } else {
            ""
        };
        format!(
            "{{ url = \"{}\"{private}{post}{} }}",
            rule.pattern,
            everything(pattern.is_everything())
        )
    });
    let lists = lists.iter().map(|pattern| {
        let is = PathPattern::parse(pattern).unwrap().is_everything();
        format!("{{ path = \"{pattern}\"{} }}", everything(is))
    });
    let join = |list: Vec<String>| list.join(", ");
    let component = component.replace('\\', "\\\\").replace('"', "\\\"");
    let clock = if clock { "clock = true\n" } else { "" };
    let limits: String = limits
        .iter()
        .map(|(key, number)| format!("{key} = \"{} KiB\"\n", 63 + number))
        .collect();
    format!(
        "[tools.t]\ncomponent = \"{component}\"\nread-file = [{}]\nhttp-request = [{}]\nlist-files = [{}]\n{clock}[tools.t.limits]\n{}",
        join(reads.collect()),
        join(sends.collect()),
        join(lists.collect()),
        limits,
    )
}
