//! The slow and obvious meaning of patterns, which the matchers are held against.

/// The slow and obvious meaning of a pattern's segments.
pub(super) fn model_covers(pattern: &[&str], path: &[&str]) -> bool {
    match pattern {
        [] => path.is_empty(),
        ["**"] => !path.is_empty(),
        ["**", rest @ ..] => (0..=path.len()).any(|skip| model_covers(rest, &path[skip..])),
        [first, rest @ ..] => {
            path.first().is_some_and(|name| {
                model_name(first.as_bytes(), name.as_bytes()) && !(name.is_empty() && *first == "*")
            }) && model_covers(rest, &path[1..])
        }
    }
}

pub(super) fn model_name(pattern: &[u8], name: &[u8]) -> bool {
    match pattern {
        [] => name.is_empty(),
        [b'*', rest @ ..] => (0..=name.len()).any(|skip| model_name(rest, &name[skip..])),
        [first, rest @ ..] => name.first() == Some(first) && model_name(rest, &name[1..]),
    }
}

/// A `!` covers what its pattern covers, and what lies below.
pub(super) fn model_denies(pattern: &[&str], path: &[&str]) -> bool {
    (1..=path.len()).any(|end| model_covers(pattern, &path[..end]))
}

pub(super) fn model_permits(patterns: &[String], path: &str) -> bool {
    let path: Vec<&str> = path.split('/').collect();
    let segments = |pattern: &'_ str| pattern.split('/').map(str::to_owned).collect::<Vec<_>>();
    let mut permitted = false;
    for pattern in patterns {
        let body = segments(pattern.trim_start_matches('!'));
        let body: Vec<&str> = body.iter().map(String::as_str).collect();
        match pattern.starts_with('!') {
            true if model_denies(&body, &path) => return false,
            true => {}
            false => permitted |= model_covers(&body, &path),
        }
    }
    permitted
}

pub(super) fn model_sends(patterns: &[String], url: &str) -> bool {
    let (origin, target) = split_url(url);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path: Vec<&str> = path.split('/').collect();
    let mut permitted = false;
    for pattern in patterns {
        let denies = pattern.starts_with('!');
        let (pattern_origin, pattern_target) = split_url(pattern.trim_start_matches('!'));
        let (pattern_path, pattern_query) = match pattern_target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (pattern_target, None),
        };
        let body: Vec<&str> = pattern_path.split('/').collect();
        let origin_fits = model_origin(pattern_origin, origin, denies);
        if denies && origin_fits && model_denies(&body, &path) {
            return false;
        }
        let fits = origin_fits
            && pattern_query.is_none_or(|named| named == query)
            && model_covers(&body, &path);
        permitted |= !denies && fits;
    }
    permitted
}

pub(super) fn split_url(url: &str) -> (&str, &str) {
    let start = url.find("://").unwrap() + 3;
    let slash = start + url[start..].find('/').unwrap();
    (&url[..slash], &url[slash + 1..])
}

pub(super) fn model_origin(pattern: &str, origin: &str, denies: bool) -> bool {
    let part = |origin: &str| {
        let (scheme, host) = origin.split_once("://").unwrap();
        let (host, port) = host.split_once(':').unwrap_or((host, ""));
        (scheme.to_owned(), host.to_owned(), port.to_owned())
    };
    let (pattern, url) = (part(pattern), part(origin));
    let host = match pattern.1.as_str() {
        exact if exact == url.1 => true,
        _ if url.1.contains("xn--") && !denies => false,
        "**" => true,
        host => host.strip_prefix("*.").is_some_and(|rest| {
            url.1
                .strip_suffix(rest)
                .and_then(|label| label.strip_suffix('.'))
                .is_some_and(|label| !label.contains('.'))
                && url.1 != "127.0.0.1"
        }),
    };
    pattern.0 == url.0 && pattern.2 == url.2 && host
}
