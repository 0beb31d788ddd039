//! Both sides of each edge of the lexical rules, the patterns and the trie.

use super::*;
use crate::rule::{Origin, Rule, RuleRef, Verdict};
use crate::settings::DirectorySettings;

fn error(text: &str) -> PathError {
    RelativePath::parse(text).unwrap_err()
}

#[test]
fn refuses_what_has_another_meaning_to_a_kernel() {
    let cases = [
        ("", PathError::Empty),
        ("/", PathError::Absolute),
        ("/etc/passwd", PathError::Absolute),
        ("//server/share", PathError::Unc),
        ("\\\\server\\share", PathError::Backslash),
        ("a\\b", PathError::Backslash),
        ("C:", PathError::Drive),
        ("C:/x", PathError::Drive),
        ("c:x", PathError::Drive),
        (".", PathError::DotSegment),
        ("..", PathError::ParentSegment),
        ("a/..", PathError::ParentSegment),
        ("a/../b", PathError::ParentSegment),
        ("../a", PathError::ParentSegment),
        ("a/./b", PathError::DotSegment),
        ("./a", PathError::DotSegment),
        ("a//b", PathError::EmptySegment),
        ("a/", PathError::TrailingSlash),
        ("a//", PathError::TrailingSlash),
        ("a\0b", PathError::Nul),
        ("a\nb", PathError::Control),
        ("a\u{1b}[31m", PathError::Control),
        ("a\u{7f}", PathError::Control),
        ("a\u{85}b", PathError::Control),
        (".bailiwick-1", PathError::Reserved),
        ("a/.bailiwick-", PathError::Reserved),
        ("a/.BAILIWICK-x/b", PathError::Reserved),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), expected, "{text:?}");
    }
}

#[test]
fn takes_a_strange_name_as_it_is() {
    let names = [
        "a",
        "...",
        "a..b",
        ".hidden",
        "a b",
        "%2e%2e",
        ";.",
        "a;..",
        "..;",
        "~",
        "~root",
        "$HOME",
        "-rf",
        "ab:c/d:e",
        "1:2",
        "dir/c:x",
        "é",
        "e\u{301}",
        ".bailiwick",
        ".bailiwicks-x",
        "a.bailiwick-x",
        "x/**",
        "CON",
    ];
    for name in names {
        assert_eq!(
            RelativePath::parse(name).unwrap().as_str(),
            name,
            "{name:?}"
        );
    }
}

#[test]
fn measures_names_and_paths_in_bytes_to_the_last_one() {
    let name = "n".repeat(SEGMENT_BYTES_MAX);
    assert!(RelativePath::parse(&name).is_ok());
    assert_eq!(error(&format!("{name}n")), PathError::SegmentTooLong);
    assert_eq!(error(&"é".repeat(128)), PathError::SegmentTooLong);

    let path = format!(
        "{}/{}",
        vec!["n".repeat(127); 31].join("/"),
        "n".repeat(128)
    );
    assert_eq!(path.len(), PATH_BYTES_MAX);
    assert!(RelativePath::parse(&path).is_ok());
    assert_eq!(error(&format!("{path}n")), PathError::TooLong);
    assert_eq!(error(&"a".repeat(1 << 20)), PathError::TooLong);
}

#[test]
fn refuses_bytes_that_are_not_utf8_and_overlong_dots() {
    for bytes in [
        &b"\xff"[..],
        b"\xc0\xae\xc0\xae/etc",
        b"a\xed\xa0\x80",
        b"\xe0\x80\xaf",
    ] {
        assert_eq!(RelativePath::from_bytes(bytes), Err(PathError::NotUtf8));
    }
    assert!(RelativePath::from_bytes("é".as_bytes()).is_ok());
}

#[test]
fn the_error_codes_are_all_different() {
    let errors = [
        PathError::Empty,
        PathError::NotUtf8,
        PathError::TooLong,
        PathError::SegmentTooLong,
        PathError::Nul,
        PathError::Control,
        PathError::Backslash,
        PathError::Unc,
        PathError::Absolute,
        PathError::Drive,
        PathError::EmptySegment,
        PathError::DotSegment,
        PathError::ParentSegment,
        PathError::TrailingSlash,
        PathError::Reserved,
    ];
    let codes: std::collections::BTreeSet<&str> = errors.iter().map(|error| error.code()).collect();
    assert_eq!(codes.len(), errors.len());
}

fn scope(patterns: &[&str]) -> PathScope<DirectorySettings> {
    let mut scope = PathScope::new();
    for pattern in patterns {
        let pattern = PathPattern::parse_directory(pattern).unwrap();
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

fn permits(patterns: &[&str], path: &str) -> bool {
    matches!(
        scope(patterns).judge(path.split('/')),
        Verdict::Permit { .. }
    )
}

#[test]
fn a_pattern_covers_this_and_not_that() {
    let table: [(&str, &[&str], &[&str]); 16] = [
        ("a", &["a"], &["A", "a/b", "ab", "b", ".a"]),
        ("a/b", &["a/b"], &["a", "b", "a/b/c", "a/c", "x/a/b"]),
        ("*", &["a", ".hidden", "a.b"], &["a/b"]),
        ("a/*", &["a/b", "a/.hidden"], &["a", "a/b/c"]),
        (
            "*.csv",
            &["a.csv", ".csv", ".a.csv"],
            &["a.csv.exe", "a/b.csv", "csv", "a.CSV"],
        ),
        (
            "a*b*c",
            &["abc", "a-b-c", "abbcc", "aXbcYc"],
            &["acb", "ab", "bc", "abcd"],
        ),
        ("a*a", &["aa", "aba"], &["a"]),
        ("**", &["a", "a/b", "a/b/c"], &[]),
        (
            "data/**",
            &["data/a", "data/a/b", "data/.x/y"],
            &["data", "data2/a", "x/data/a"],
        ),
        ("**/x", &["x", "a/x", "a/b/x"], &["x/a", "ax", "a/xb"]),
        (
            "a/**/b",
            &["a/b", "a/x/b", "a/x/y/b", "a/b/b"],
            &["a", "b", "a/b/c", "x/a/b"],
        ),
        (
            "a/**/b/**",
            &["a/b/c", "a/x/b/c/d", "a/b/b"],
            &["a/b", "a/x/b", "a/c"],
        ),
        (
            "**/a/**/b",
            &["a/b", "x/a/y/b", "a/a/b", "a/b/a/b"],
            &["b/a", "a", "a/b/x"],
        ),
        ("*/**", &["a/b", "a/b/c"], &["a"]),
        (r"\!a\*\[\]\{\}\?", &["!a*[]{}?"], &["!ab[]{}?", "a"]),
        ("a!b", &["a!b"], &["a"]),
    ];
    for (pattern, covered, others) in table {
        for path in covered {
            assert!(permits(&[pattern], path), "{pattern} should cover {path}");
        }
        for path in others {
            assert!(
                !permits(&[pattern], path),
                "{pattern} should not cover {path}"
            );
        }
    }
}

#[test]
fn composed_and_decomposed_letters_are_two_names() {
    assert!(permits(&["caf\u{e9}"], "caf\u{e9}"));
    assert!(!permits(&["caf\u{e9}"], "cafe\u{301}"));
}

#[test]
fn a_deny_covers_what_it_names_and_all_below() {
    let rules = ["a/**", "!a/private"];
    assert!(permits(&rules, "a/x"));
    assert!(permits(&rules, "a/private2"));
    assert!(!permits(&rules, "a/private"));
    assert!(!permits(&rules, "a/private/x/y"));
    let below = ["a/**", "!a/private/**"];
    assert!(permits(&below, "a/private"));
    assert!(!permits(&below, "a/private/x"));
    let anywhere = ["a/**", "!**/.git"];
    assert!(permits(&anywhere, "a/.gitignore"));
    assert!(!permits(&anywhere, "a/b/.git/config"));
    assert!(!permits(&anywhere, "a/.git"));
}

#[test]
fn the_root_is_only_what_a_dot_names() {
    let root = |patterns: &[&str]| {
        matches!(
            scope(patterns).judge(std::iter::empty()),
            Verdict::Permit { .. }
        )
    };
    assert!(root(&["."]));
    assert!(!root(&["**"]));
    assert!(!root(&["*", "a/**"]));
    assert!(!permits(&["."], "a"));
    assert_eq!(
        PathPattern::parse_directory("!.").unwrap_err().code(),
        "pattern-root"
    );
}

#[test]
fn refuses_patterns_that_cover_nothing_or_can_be_read_twice() {
    let cases = [
        ("", "pattern-empty"),
        ("!", "pattern-empty"),
        ("!!a", "pattern-double-deny"),
        (".", "pattern-root"),
        ("/a", "pattern-absolute"),
        ("a/", "pattern-trailing-slash"),
        ("a**", "pattern-stars"),
        ("***", "pattern-stars"),
        ("a/**b/c", "pattern-stars"),
        ("**/**", "pattern-stars"),
        ("a?", "pattern-ambiguous"),
        ("[ab]", "pattern-ambiguous"),
        ("{a,b}", "pattern-ambiguous"),
        ("a\\b", "pattern-backslash"),
        ("a\\", "pattern-backslash"),
        ("a/../b", "path-parent-segment"),
        ("./a", "path-dot-segment"),
        ("a//b", "path-empty-segment"),
        ("C:/a", "path-drive"),
        ("a\nb", "path-control"),
        ("*\n", "path-control"),
        (".bailiwick-x", "path-reserved"),
        (".bailiwick-*", "path-reserved"),
    ];
    for (pattern, code) in cases {
        assert_eq!(
            PathPattern::parse(pattern).unwrap_err().code(),
            code,
            "{pattern:?}"
        );
    }
}

#[test]
fn knows_which_patterns_say_nothing() {
    for pattern in ["**", "*", "*/**", "**/*", "*/*", "**/*/*"] {
        assert!(
            PathPattern::parse(pattern).unwrap().is_everything(),
            "{pattern}"
        );
    }
    for pattern in ["a/**", "**/a", "*.csv", "**/*.csv", "a", "!**", "!*"] {
        assert!(
            !PathPattern::parse(pattern).unwrap().is_everything(),
            "{pattern}"
        );
    }
    assert!(!PathPattern::parse_directory(".").unwrap().is_everything());
}

#[test]
fn a_hostile_path_does_not_make_the_walk_slow() {
    // A backtracking matcher would need 2^40 steps.
    let pattern = format!("{}/end", vec!["**/a"; 40].join("/"));
    let path = vec!["a"; 2000].join("/");
    assert!(!permits(&[&pattern], &path));
    let stars = "a*".repeat(100) + "b";
    assert!(!permits(&[&stars], &"a".repeat(SEGMENT_BYTES_MAX)));
}
