//! Private data: what is marked, by a model; and that using it only ever takes away.

use std::sync::Arc;

use bailiwick_policy::{
    Capability, FileRule, Grant, HttpGet, HttpRule, ListFiles, Manifest, Origin, ReadFile, Rules,
    Source, WriteFile, resolve,
};
use proptest::prelude::*;

use crate::model::model_covers;
use crate::{CASES, path, path_pattern, url, url_pattern};

/// Rules about files and URLs, each with its mark.
type Marked = Vec<(String, bool)>;

fn marked(pattern: impl Strategy<Value = String>) -> impl Strategy<Value = Marked> {
    let rule = (pattern, any::<bool>());
    let rule = rule.prop_map(|(pattern, mark)| {
        let mark = mark && !pattern.starts_with('!');
        (pattern, mark)
    });
    prop::collection::vec(rule, 1..6)
}

fn grant(files: &Marked, urls: &Marked) -> Grant {
    let mut builder = Rules::builder(Source::Code)
        .link(&Capability::ReadFile)
        .link(&Capability::WriteFile)
        .link(&Capability::HttpGet);
    builder = builder
        .list_files(
            bailiwick_policy::DirectoryRule::new("**").everything(),
            Origin::Code,
        )
        .unwrap();
    for (pattern, mark) in files {
        let mut rule = FileRule::new(pattern);
        if bailiwick_policy::PathPattern::parse(pattern)
            .unwrap()
            .is_everything()
        {
            rule = rule.everything();
        }
        if *mark {
            rule = rule.private();
        }
        builder = builder.read_file(rule.clone(), Origin::Code).unwrap();
        builder = builder.write_file(rule, Origin::Code).unwrap();
    }
    for (pattern, mark) in urls {
        let mut rule = HttpRule::new(pattern);
        if bailiwick_policy::UrlPattern::parse(pattern)
            .unwrap()
            .is_everything()
        {
            rule = rule.everything();
        }
        if *mark {
            rule = rule.for_private_data();
        }
        builder = builder.http_get(rule, Origin::Code).unwrap();
    }
    resolve(
        &Manifest::from_iter(Capability::BUILT_IN),
        Arc::new(builder.build()),
    )
}

fn is_marked(files: &Marked, path: &str) -> bool {
    let path: Vec<&str> = path.split('/').collect();
    let marks = files.iter().filter(|(_, mark)| *mark);
    let mut patterns = marks.map(|(pattern, _)| pattern.split('/').collect::<Vec<_>>());
    patterns.any(|pattern| model_covers(&pattern, &path))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn a_path_is_private_where_a_mark_covers_it(files in marked(path_pattern()), path in path()) {
        let grant = grant(&files, &Vec::new());
        if let Ok(permit) = grant.decide(ReadFile { path: &path }) {
            prop_assert_eq!(permit.private().is_some(), is_marked(&files, &path));
        }
    }

    #[test]
    fn a_listing_is_private_where_it_shows_a_marked_name(files in marked(path_pattern()), path in path(), name in "[abc]{1,2}") {
        let grant = grant(&files, &Vec::new());
        let listed = grant.decide(ListFiles { path: &path }).unwrap();
        let shown = is_marked(&files, &format!("{path}/{name}"));
        prop_assert!(!shown || listed.private().is_some());
        prop_assert!(!is_marked(&files, &path) || listed.private().is_some());
    }

    #[test]
    fn having_used_private_data_never_adds_a_permit(files in marked(path_pattern()), urls in marked(url_pattern()), path in path(), url in url()) {
        let before = grant(&files, &urls);
        let mark = bailiwick_policy::RuleRef { text: "mark".into(), origin: Origin::Code };
        let after = before.having_used(&mark);
        prop_assert_eq!(before.decide(ReadFile { path: &path }).is_ok(), after.decide(ReadFile { path: &path }).is_ok());
        match (before.decide(WriteFile { path: &path }), after.decide(WriteFile { path: &path })) {
            (Err(_), Ok(_)) => prop_assert!(false, "a permit was added"),
            (Ok(_), after) => prop_assert_eq!(after.is_ok(), is_marked(&files, &path)),
            (Err(_), Err(_)) => {}
        }
        // What is left is what the marked rules alone permit; all that deny still deny.
        let alone: Marked = urls.iter().filter(|(pattern, mark)| *mark || pattern.starts_with('!')).cloned().collect();
        let alone = grant(&files, &alone);
        prop_assert_eq!(after.decide(HttpGet { url: &url }).is_ok(), alone.decide(HttpGet { url: &url }).is_ok());
    }
}
