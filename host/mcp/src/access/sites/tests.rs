//! Names that are its own, names that look like it, and pages.

use http::HeaderValue;

use super::*;

fn request(headers: &[(HeaderName, &[u8])]) -> HeaderMap {
    headers
        .iter()
        .map(|(name, value)| (name.clone(), HeaderValue::from_bytes(value).unwrap()))
        .collect()
}

fn host(sites: &Sites, host: &str) -> bool {
    let headers = request(&[(HOST, host.as_bytes())]);
    sites.check(&Uri::from_static("/mcp"), &headers).is_ok()
}

fn origin(sites: &Sites, origin: &str) -> bool {
    let headers = request(&[(HOST, b"localhost"), (ORIGIN, origin.as_bytes())]);
    sites.check(&Uri::from_static("/mcp"), &headers).is_ok()
}

#[test]
fn answers_to_its_own_names_on_any_port() {
    let sites = Sites::loopback();
    for name in [
        "localhost",
        "LocalHost:8080",
        "127.0.0.1",
        "127.0.0.1:1",
        "[::1]",
        "[::1]:65535",
        "[0:0:0:0:0:0:0:1]:80",
    ] {
        assert!(host(&sites, name), "{name}");
    }
}

#[test]
fn no_name_that_only_looks_like_its_own_is_answered_to() {
    let sites = Sites::loopback();
    for name in [
        "",
        "evil.com",
        "evil.com:8080",
        "127.0.0.1.evil.com",
        "localhost.evil.com",
        "evil-localhost",
        "localhost.",
        "localhost..",
        ".localhost",
        "127.0.0.1.",
        "127.1",
        "127.0.0.2",
        "0.0.0.0",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "2130706433",
        "[::]",
        "[::1%25lo]",
        "[::1%lo]",
        "[::ffff:127.0.0.1]",
        "[::1]evil.com",
        "[::1]:",
        "[::1",
        "::1",
        "::1:80",
        "localhost:",
        "localhost:0",
        "localhost:65536",
        "localhost:080x",
        "localhost:+80",
        "localhost:80:80",
        "localhost:80@evil.com",
        "evil.com@localhost",
        "user:pass@localhost",
        "localhost/",
        "localhost?x",
        "localhost#x",
        "http://localhost",
        "localhost,evil.com",
        "localhost evil.com",
        " localhost",
        "localhost\t",
        "local\u{ad}host",
        "ⓛocalhost",
        "ｌｏｃａｌｈｏｓｔ",
        "localhost\u{200b}",
        "１２７.0.0.1",
        "127。0。0。1",
        "xn--localhost",
    ] {
        assert!(!host(&sites, name), "{name}");
    }
    assert!(!host(&sites, &format!("{}localhost", "a.".repeat(200))));
}

#[test]
fn a_server_that_answers_to_addresses_answers_to_no_other_name() {
    let sites = Sites::loopback().and_any_address();
    for name in [
        "localhost",
        "10.0.0.5:8765",
        "192.0.2.1",
        "[2001:db8::1]:8765",
        "[::]",
    ] {
        assert!(host(&sites, name), "{name}");
    }
    for name in [
        "evil.com",
        "10.0.0.5.evil.com",
        "10.0.5",
        "0x0a.0.0.5",
        "010.0.0.5",
        "2130706433",
        "10.0.0.5.",
        "tools.internal",
        "2001:db8::1",
    ] {
        assert!(!host(&sites, name), "{name}");
    }
    assert!(!origin(&sites, "http://10.0.0.5:8765"));
    assert!(!origin(&sites, "http://evil.com"));
}

#[test]
fn a_request_names_exactly_one_host() {
    let sites = Sites::loopback();
    let uri = Uri::from_static("/mcp");
    let none = sites.check(&uri, &HeaderMap::new());
    assert_eq!(none, Err(ForeignSite::NoHost));
    let two = request(&[(HOST, b"localhost"), (HOST, b"localhost")]);
    assert_eq!(sites.check(&uri, &two), Err(ForeignSite::Several(HOST)));
    let not_utf8 = request(&[(HOST, b"localhost\xff")]);
    assert_eq!(
        sites.check(&uri, &not_utf8).unwrap_err().code(),
        "foreign-host"
    );
}

#[test]
fn the_target_and_the_header_both_have_to_be_its_own() {
    let sites = Sites::loopback();
    let check = |uri: &'static str, host: &[u8]| {
        let headers = request(&[(HOST, host)]);
        sites.check(&Uri::from_static(uri), &headers).is_ok()
    };
    assert!(check("http://localhost:8080/mcp", b"127.0.0.1"));
    assert!(!check("http://evil.com/mcp", b"localhost"));
    assert!(!check("http://localhost/mcp", b"evil.com"));
    let uri = Uri::from_static("http://localhost/mcp");
    assert!(sites.check(&uri, &HeaderMap::new()).is_ok());
}

#[test]
fn a_page_of_this_machine_may_speak_and_no_other() {
    let sites = Sites::loopback();
    for page in [
        "http://localhost",
        "http://localhost:3000",
        "https://127.0.0.1:8443",
        "http://[::1]:5173",
    ] {
        assert!(origin(&sites, page), "{page}");
    }
    for page in [
        "",
        "null",
        "http://evil.com",
        "http://localhost.evil.com",
        "http://127.0.0.1.evil.com",
        "http://localhost.",
        "http://localhost:3000/",
        "http://localhost/path",
        "http://localhost?x",
        "http://user@localhost",
        "http://localhost@evil.com",
        "http://localhost:80:80",
        "http:localhost",
        "//localhost",
        "localhost",
        "file://localhost",
        "chrome-extension://localhost",
        "HTTP://localhost",
        "http://localhost http://evil.com",
        "http://evil.com, http://localhost",
        "http://ｌocalhost",
    ] {
        assert!(!origin(&sites, page), "{page}");
    }
    let two = request(&[
        (HOST, b"localhost"),
        (ORIGIN, b"http://localhost"),
        (ORIGIN, b"http://localhost"),
    ]);
    let refused = sites.check(&Uri::from_static("/"), &two).unwrap_err();
    assert_eq!(refused, ForeignSite::Several(ORIGIN));
    assert_eq!(refused.code(), "foreign-origin");
}

#[test]
fn what_the_access_file_names_is_all_that_is_let_in() {
    let sites = Sites::loopback()
        .with_hosts(["Tools.example.com", "other.example.com:8443", "web:443"])
        .unwrap()
        .with_origins(["https://app.example.com", "http://app.example.com:8080"])
        .unwrap();
    for name in [
        "tools.example.com",
        "tools.example.com:9",
        "other.example.com:8443",
        "web",
        "web:443",
    ] {
        assert!(host(&sites, name), "{name}");
    }
    for name in [
        "localhost",
        "127.0.0.1",
        "other.example.com",
        "other.example.com:8444",
        "web:80",
        "sub.tools.example.com",
        "tools.example.com.",
    ] {
        assert!(!host(&sites, name), "{name}");
    }
    let speaks = |page: &str| {
        let headers = request(&[(HOST, b"web"), (ORIGIN, page.as_bytes())]);
        sites.check(&Uri::from_static("/"), &headers).is_ok()
    };
    for page in [
        "https://app.example.com",
        "https://app.example.com:443",
        "https://APP.example.com",
        "http://app.example.com:8080",
    ] {
        assert!(speaks(page), "{page}");
    }
    for page in [
        "http://app.example.com",
        "https://app.example.com:8080",
        "https://evil.app.example.com",
        "http://localhost",
    ] {
        assert!(!speaks(page), "{page}");
    }
}

#[test]
fn entries_that_could_never_match_are_mistakes() {
    for text in [
        "",
        "*",
        "*.example.com",
        "https://x",
        "x/",
        "x:0",
        "x.",
        "::1",
    ] {
        let refused = Sites::loopback().with_hosts(["fine", text]).unwrap_err();
        assert_eq!(refused, (1, SiteError::Host), "{text}");
    }
    for text in ["", "*", "null", "x", "https://x/", "ftp://x", "https://*.x"] {
        let refused = Sites::loopback().with_origins([text]).unwrap_err();
        assert_eq!(refused, (0, SiteError::Origin), "{text}");
    }
}

#[test]
fn what_was_sent_is_shown_short_and_without_tricks() {
    let sites = Sites::loopback();
    let long = format!("\u{202e}{}", "a".repeat(5_000));
    let headers = request(&[(HOST, long.as_bytes())]);
    let refused = sites.check(&Uri::from_static("/"), &headers).unwrap_err();
    let text = refused.to_string();
    assert!(text.len() < 250, "{text}");
    assert!(text.contains("`\\u{202e}aaa"), "{text}");
}
