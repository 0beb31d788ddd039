//! Both sides of each edge of the lexical rules, the normal form, the patterns and the redirects.

use super::*;
use crate::rule::{Origin, Rule, RuleRef, Verdict};
use crate::settings::DirectorySettings;

fn normal(raw: &str) -> String {
    HttpUrl::parse(raw)
        .unwrap_or_else(|error| panic!("{raw}: {error}"))
        .to_string()
}

#[test]
fn brings_a_url_into_its_one_form() {
    let table = [
        ("https://api.example.com/v1", "https://api.example.com/v1"),
        ("HTTPS://API.Example.COM/V1", "https://api.example.com/V1"),
        ("https://h", "https://h/"),
        ("https://h?q", "https://h/?q"),
        ("https://h/?", "https://h/?"),
        ("https://h:443/", "https://h/"),
        ("http://h:80/", "http://h/"),
        ("https://h:80/", "https://h:80/"),
        ("http://h:443/x", "http://h:443/x"),
        ("https://h/%41%7e%2D%5f", "https://h/A~-_"),
        ("https://h/%c3%a9", "https://h/%C3%A9"),
        ("https://h/a%3bb", "https://h/a%3Bb"),
        ("https://h/100%25", "https://h/100%25"),
        ("https://h/a?x=%2e%2f%41", "https://h/a?x=.%2FA"),
        ("https://h/a?f[x]=1", "https://h/a?f[x]=1"),
        ("https://h/a?b?c/d", "https://h/a?b?c/d"),
        ("https://h/v1/", "https://h/v1/"),
        ("https://h/a;v=1/b", "https://h/a;v=1/b"),
        ("https://h/...", "https://h/..."),
        ("https://h/a.b", "https://h/a.b"),
        ("https://127.0.0.1/", "https://127.0.0.1/"),
        ("https://[::1]/", "https://[::1]/"),
        ("https://[0:0:0:0:0:0:0:1]:8443/", "https://[::1]:8443/"),
        ("https://[::FFFF:127.0.0.1]/", "https://[::ffff:127.0.0.1]/"),
        ("https://a_b.example/", "https://a_b.example/"),
        (
            "https://xn--bcher-kva.example/",
            "https://xn--bcher-kva.example/",
        ),
        ("https://h/a@b:c", "https://h/a@b:c"),
    ];
    for (raw, expected) in table {
        assert_eq!(normal(raw), expected, "{raw}");
        assert_eq!(
            normal(expected),
            expected,
            "the normal form of {raw} is normal"
        );
    }
}

#[test]
fn refuses_what_two_parsers_could_read_differently() {
    let table = [
        ("", UrlError::Scheme),
        ("h/", UrlError::Scheme),
        ("ftp://h/", UrlError::Scheme),
        ("file:///etc/passwd", UrlError::Scheme),
        ("https:/h/", UrlError::Scheme),
        ("https:h", UrlError::Scheme),
        ("//h/", UrlError::Scheme),
        ("javascript:alert(1)//https://h/", UrlError::Scheme),
        (" https://h/", UrlError::Space),
        ("https://h/ ", UrlError::Space),
        ("https://h/a\tb", UrlError::Space),
        ("https://h\n.evil.com/", UrlError::Space),
        ("https://h/\0", UrlError::Space),
        ("https://h/\u{7f}", UrlError::Space),
        ("https://h\\.evil.com/", UrlError::Backslash),
        ("https:\\\\h/", UrlError::Backslash),
        ("https://h/#x", UrlError::Fragment),
        ("https://h#@evil.com/", UrlError::Fragment),
        ("https://bücher.example/", UrlError::NotAscii),
        ("https://１２７.0.0.1/", UrlError::NotAscii),
        ("https://h。example/", UrlError::NotAscii),
        ("https://exam\u{ad}ple.com/", UrlError::NotAscii),
        ("https://h/<>", UrlError::Character),
        ("https://h/\"", UrlError::Character),
        ("https://h/{x}", UrlError::Character),
        ("https://h/[x]", UrlError::Character),
        ("https://h/a|b", UrlError::Character),
        ("https://user@h/", UrlError::UserInfo),
        ("https://user:pass@h/", UrlError::UserInfo),
        ("https://api.example.com@evil.com/", UrlError::UserInfo),
        ("https://@h/", UrlError::UserInfo),
        ("https:///", UrlError::EmptyHost),
        ("https:///h", UrlError::EmptyHost),
        ("https://?q", UrlError::EmptyHost),
        ("https://:443/", UrlError::EmptyHost),
        ("https://h./", UrlError::TrailingDot),
        ("https://127.0.0.1./", UrlError::TrailingDot),
        ("https://./", UrlError::TrailingDot),
        ("https://.h/", UrlError::HostName),
        ("https://a..b/", UrlError::HostName),
        ("https://-a/", UrlError::HostName),
        ("https://a-/", UrlError::HostName),
        ("https://a%2eb/", UrlError::HostName),
        ("https://a,b/", UrlError::HostName),
        ("https://*.example.com/", UrlError::HostName),
        ("https://127.1/", UrlError::Ipv4Spelling),
        ("https://0x7f.1/", UrlError::Ipv4Spelling),
        ("https://0x7f000001/", UrlError::Ipv4Spelling),
        ("https://0X7F000001/", UrlError::Ipv4Spelling),
        ("https://017700000001/", UrlError::Ipv4Spelling),
        ("https://2130706433/", UrlError::Ipv4Spelling),
        ("https://0/", UrlError::Ipv4Spelling),
        ("https://0177.0.0.1/", UrlError::Ipv4Spelling),
        ("https://127.0.0.01/", UrlError::Ipv4Spelling),
        ("https://256.0.0.1/", UrlError::Ipv4Spelling),
        ("https://1.2.3.4.5/", UrlError::Ipv4Spelling),
        ("https://example.0x/", UrlError::Ipv4Spelling),
        ("https://example.1/", UrlError::Ipv4Spelling),
        ("https://[::1/", UrlError::Ipv6),
        ("https://[]/", UrlError::Ipv6),
        ("https://[h]/", UrlError::Ipv6),
        ("https://[127.0.0.1]/", UrlError::Ipv6),
        ("https://[fe80::1%eth0]/", UrlError::Zone),
        ("https://[fe80::1%25eth0]/", UrlError::Zone),
        ("https://::1/", UrlError::Port),
        ("https://h:/", UrlError::Port),
        ("https://h:0/", UrlError::Port),
        ("https://h:00443/", UrlError::Port),
        ("https://h:65536/", UrlError::Port),
        ("https://h:+443/", UrlError::Port),
        ("https://h:443:443/", UrlError::Port),
        ("https://h/%", UrlError::Escape),
        ("https://h/%4", UrlError::Escape),
        ("https://h/%zz", UrlError::Escape),
        ("https://h/?%", UrlError::Escape),
        ("https://h/%2e%2e/admin", UrlError::HiddenCharacter),
        ("https://h/a%2Eb", UrlError::HiddenCharacter),
        ("https://h/a%2fb", UrlError::HiddenCharacter),
        ("https://h/a%5Cb", UrlError::HiddenCharacter),
        ("https://h/a%00b", UrlError::HiddenCharacter),
        ("https://h/a%0d%0aHost:x", UrlError::HiddenCharacter),
        ("https://h/%252e%252e/", UrlError::HiddenCharacter),
        ("https://h/%25%32%65", UrlError::HiddenCharacter),
        ("https://h/%2525252f", UrlError::HiddenCharacter),
        ("https://h/%25252525252525", UrlError::HiddenCharacter),
        ("https://h/.", UrlError::DotSegment),
        ("https://h/..", UrlError::DotSegment),
        ("https://h/v1/../admin", UrlError::DotSegment),
        ("https://h/v1/./x", UrlError::DotSegment),
        ("https://h/..;/admin", UrlError::DotSegment),
        ("https://h/..;x=1/admin", UrlError::DotSegment),
        ("https://h/v1/;./admin", UrlError::DotSegment),
        ("https://h/;../admin", UrlError::DotSegment),
        ("https://h/v1;x/../admin", UrlError::DotSegment),
        ("https://h/..%3b/admin", UrlError::DotSegment),
        ("https://h/..%3B/admin", UrlError::DotSegment),
        ("https://h//v1", UrlError::EmptySegment),
        ("https://h/v1//x", UrlError::EmptySegment),
        ("https://h//", UrlError::EmptySegment),
    ];
    for (raw, expected) in table {
        assert_eq!(HttpUrl::parse(raw), Err(expected), "{raw:?}");
    }
}

#[test]
fn measures_lengths_to_the_last_byte() {
    let fits = format!("https://h/{}", "a".repeat(URL_BYTES_MAX - 10));
    assert!(HttpUrl::parse(&fits).is_ok());
    assert_eq!(HttpUrl::parse(&format!("{fits}a")), Err(UrlError::TooLong));
    let label = "a".repeat(63);
    assert!(HttpUrl::parse(&format!("https://{label}.com/")).is_ok());
    assert_eq!(
        HttpUrl::parse(&format!("https://{label}a.com/")),
        Err(UrlError::HostName)
    );
    let name = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    assert_eq!(name.len(), 253);
    assert!(HttpUrl::parse(&format!("https://{name}/")).is_ok());
    assert_eq!(
        HttpUrl::parse(&format!("https://{name}a/")),
        Err(UrlError::HostName)
    );
}

#[test]
fn takes_a_url_apart() {
    let url = HttpUrl::parse("https://[::1]:8443/a/b?c=d").unwrap();
    assert_eq!(
        (url.scheme(), url.host().as_str(), url.port()),
        (Scheme::Https, "[::1]", 8443)
    );
    assert_eq!(
        (url.origin(), url.authority()),
        ("https://[::1]:8443", "[::1]:8443")
    );
    assert_eq!(
        (url.path(), url.query(), url.path_and_query()),
        ("/a/b", Some("c=d"), "/a/b?c=d")
    );
    let plain = HttpUrl::parse("http://h").unwrap();
    assert_eq!(
        (plain.origin(), plain.path(), plain.query()),
        ("http://h", "/", None)
    );
    assert_eq!(HttpUrl::parse("http://h/?").unwrap().query(), Some(""));
}

fn scope(patterns: &[&str]) -> UrlScope<DirectorySettings> {
    let mut scope = UrlScope::new();
    for pattern in patterns {
        let pattern =
            UrlPattern::parse(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        let reference = RuleRef {
            text: pattern.shared_text(),
            origin: Origin::Code,
        };
        scope.push(Rule {
            pattern,
            settings: DirectorySettings::default(),
            reference,
        });
    }
    scope
}

fn permits(patterns: &[&str], url: &str) -> bool {
    let url = HttpUrl::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    matches!(
        scope(patterns).judge(&url, |_| true),
        Verdict::Permit { .. }
    )
}

#[test]
fn a_pattern_covers_this_and_not_that() {
    let table: [(&str, &[&str], &[&str]); 16] = [
        (
            "https://github.com/**",
            &[
                "https://github.com/",
                "https://github.com/a/b",
                "https://GitHub.com:443/x?y",
            ],
            &[
                "https://github.com.evil.com/",
                "https://evilgithub.com/",
                "https://api.github.com/",
                "http://github.com/",
                "https://github.com:8443/",
                "https://github.co/",
            ],
        ),
        (
            "https://*.example.com/**",
            &["https://a.example.com/", "https://A.example.com/x"],
            &[
                "https://example.com/",
                "https://a.b.example.com/",
                "https://aexample.com/",
                "https://xn--a.example.com/",
                "https://a.example.com.evil.com/",
            ],
        ),
        (
            "https://h/v1",
            &["https://h/v1", "https://h/v1?x"],
            &["https://h/v1/", "https://h/v10", "https://h/V1"],
        ),
        (
            "https://h/v1/",
            &["https://h/v1/"],
            &["https://h/v1", "https://h/v1/x"],
        ),
        (
            "https://h/v1/**",
            &["https://h/v1/", "https://h/v1/a", "https://h/v1/a/b/"],
            &["https://h/v1", "https://h/v10/a"],
        ),
        (
            "https://h/v1/*",
            &["https://h/v1/a", "https://h/v1/a?b"],
            &["https://h/v1/", "https://h/v1/a/b", "https://h/v1/a/"],
        ),
        (
            "https://h/*/x",
            &["https://h/a/x"],
            &["https://h/x", "https://h/a/b/x"],
        ),
        (
            "https://h/a/**/z",
            &["https://h/a/z", "https://h/a/b/c/z"],
            &["https://h/a/z/y", "https://h/a/z/"],
        ),
        (
            "https://h/a*.json",
            &["https://h/a.json", "https://h/ab.json"],
            &["https://h/a.jsonx", "https://h/a/b.json"],
        ),
        (
            "https://h/a?x=1",
            &["https://h/a?x=1"],
            &[
                "https://h/a",
                "https://h/a?x=2",
                "https://h/a?x=1&y",
                "https://h/a?X=1",
            ],
        ),
        (
            "https://h/a?",
            &["https://h/a", "https://h/a?"],
            &["https://h/a?x"],
        ),
        (
            r"https://h/\*?q=\*",
            &["https://h/*?q=*"],
            &["https://h/a?q=*", "https://h/*?q=a"],
        ),
        (
            "https://h/%41/%c3%a9",
            &["https://h/A/%C3%A9", "https://h/%41/%c3%a9"],
            &["https://h/a/%C3%A9"],
        ),
        (
            "http://127.0.0.1:8080/**",
            &["http://127.0.0.1:8080/x"],
            &["http://127.0.0.1/x", "http://[::ffff:127.0.0.1]:8080/x"],
        ),
        (
            "https://xn--bcher-kva.example/**",
            &["https://xn--bcher-kva.example/"],
            &["https://bcher-kva.example/"],
        ),
        (
            "https://**/**",
            &[
                "https://a/",
                "https://a.b.c/x",
                "https://8.8.8.8/",
                "https://[2606:4700::1]/",
            ],
            &["http://a/", "https://a:8443/", "https://xn--a.com/"],
        ),
    ];
    for (pattern, covered, others) in table {
        for url in covered {
            assert!(permits(&[pattern], url), "{pattern} should cover {url}");
        }
        for url in others {
            assert!(
                !permits(&[pattern], url),
                "{pattern} should not cover {url}"
            );
        }
    }
}

#[test]
fn a_deny_holds_against_every_spelling_a_server_may_forgive() {
    let rules = ["https://h/**", "!https://h/admin", "!https://*.h/**"];
    assert!(permits(&rules, "https://h/adm"));
    assert!(permits(&rules, "https://h/administrator"));
    for url in [
        "https://h/admin",
        "https://h/admin/",
        "https://h/admin/x",
        "https://h/admin?x",
        "https://h/admin;x=1",
        "https://h/admin;x=1/y",
        "https://h/admin%3bx",
        "https://h/%61dmin",
        "https://h/%2561dmin",
    ] {
        assert!(!permits(&rules, url), "{url}");
    }
    let encoded = ["https://h/**", "!https://h/a%3ab"];
    assert!(!permits(&encoded, "https://h/a:b"));
    assert!(!permits(&encoded, "https://h/a%3Ab"));
    let international = ["https://xn--a.example/**", "!https://**/**"];
    assert!(!permits(&international, "https://xn--a.example/"));
}

#[test]
fn refuses_patterns_that_cover_nothing_or_can_be_read_twice() {
    let table = [
        ("", "pattern-empty"),
        ("!!https://h/", "pattern-double-deny"),
        ("h/**", "url-scheme"),
        ("ftp://h/**", "url-scheme"),
        ("*://h/**", "url-scheme"),
        ("https://h", "pattern-no-path"),
        ("https://h?x", "pattern-no-path"),
        ("https://*/**", "pattern-host"),
        ("https://api.*/**", "pattern-host"),
        ("https://a*.example.com/**", "pattern-host"),
        ("https://*.*.example.com/**", "pattern-host"),
        ("https://**.example.com/**", "pattern-host"),
        ("https://*.127.0.0.1/**", "pattern-host"),
        ("https://127.1/**", "url-ipv4-spelling"),
        ("https://h./**", "url-trailing-dot"),
        ("https://h:*/**", "url-port"),
        ("https://h:0/**", "url-port"),
        ("https://u@h/**", "url-user-info"),
        ("https://bücher.example/**", "url-not-ascii"),
        ("https://h/a b", "url-space"),
        ("https://h/#x", "url-fragment"),
        ("https://h/a/../b", "url-dot-segment"),
        ("https://h//a", "url-empty-segment"),
        ("https://h/%2e%2e/**", "url-hidden-character"),
        ("https://h/%4*", "url-escape"),
        ("https://h/a**", "pattern-stars"),
        ("https://h/**/**", "pattern-stars"),
        ("https://h/?q=*", "pattern-query"),
        ("!https://h/a?q", "pattern-query-deny"),
        ("https://h\\x/**", "url-host-name"),
    ];
    for (pattern, code) in table {
        assert_eq!(
            UrlPattern::parse(pattern).map(drop).unwrap_err().code(),
            code,
            "{pattern:?}"
        );
    }
}

#[test]
fn knows_which_patterns_reach_every_host() {
    for pattern in [
        "https://**/**",
        "http://**/x",
        "https://*.com/**",
        "https://*.com/x",
    ] {
        assert!(
            UrlPattern::parse(pattern).unwrap().is_everything(),
            "{pattern}"
        );
    }
    for pattern in ["https://*.example.com/**", "https://h/**", "!https://**/**"] {
        assert!(
            !UrlPattern::parse(pattern).unwrap().is_everything(),
            "{pattern}"
        );
    }
}

#[test]
fn a_redirect_is_the_text_of_a_new_attempt() {
    let from = HttpUrl::parse("https://h:8443/a/b/c?q").unwrap();
    let table = [
        ("https://evil.com/x", "https://evil.com/x"),
        ("HTTP://x", "HTTP://x"),
        ("file:///etc/passwd", "file:///etc/passwd"),
        ("//evil.com/x", "https://evil.com/x"),
        ("/x", "https://h:8443/x"),
        ("x", "https://h:8443/a/b/x"),
        ("../x", "https://h:8443/a/x"),
        ("../../../../x", "https://h:8443/x"),
        ("./x/./y", "https://h:8443/a/b/x/y"),
        ("..", "https://h:8443/a/"),
        (".", "https://h:8443/a/b/"),
        ("?z", "https://h:8443/a/b/c?z"),
        ("x?../y", "https://h:8443/a/b/x?../y"),
        ("", "https://h:8443/a/b/c?q"),
        ("#f", "https://h:8443/a/b/c?q"),
        ("/x#f", "https://h:8443/x"),
    ];
    for (location, expected) in table {
        assert_eq!(from.redirect(location), expected, "{location}");
    }
    for hostile in [
        "/\\evil.com",
        "\\\\evil.com/x",
        "/x/../../y",
        "//user@evil.com/",
        "/%2e%2e/x",
        "//evil.com\t/",
        "////evil.com",
        // What other parsers take for a host, away with the next segment.
        "\0\\\\evil.com/../a",
        " //evil.com/../a",
        "x\\y/../a",
        "%2e%2e/../a",
        "%zz/../a",
        "x//../a",
    ] {
        assert!(
            HttpUrl::parse(&from.redirect(hostile)).is_err(),
            "{hostile}"
        );
    }
}
