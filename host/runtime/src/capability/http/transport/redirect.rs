//! Where an answer redirects to, and what the next request may carry. Following is the caller's: each is a new attempt.
//!
//! The method changes as the Fetch standard has it ("HTTP-redirect fetch"). The location is joined with the URL that
//! answered and nothing else is done to it: whether the result is a URL at all that may be requested (`file:`,
//! user-info, another host, `http` after `https`) the policy decides, as for every other attempt.

use http::{HeaderMap, Method, StatusCode, header::LOCATION};
use url::Url;

use super::error::Unavailable;

/// The next request of a chain.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Redirect {
    /// The absolute URL, without the fragment, which is never sent.
    pub(crate) url: String,
    /// The method of the next request.
    pub(crate) method: Method,
    /// What becomes of the body.
    pub(crate) body: RedirectBody,
    /// Whether credentials may go along.
    pub(crate) origin: RedirectOrigin,
}

/// What becomes of the body of a request that is redirected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RedirectBody {
    /// The body is sent again.
    Kept,
    /// The next request has no body.
    Dropped,
}

/// Whether a redirect stays where the request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RedirectOrigin {
    /// The same scheme, host and port.
    Same,
    /// Another one: nothing that could be a credential goes there.
    Other,
}

/// The redirect that an answer asks for, if it asks for one.
///
/// # Errors
///
/// [`Unavailable::Location`] when the answer has several locations or one that is no URL.
pub(crate) fn redirect_target(
    status: u16,
    headers: &HeaderMap,
    method: &Method,
    base: &str,
) -> Result<Option<Redirect>, Unavailable> {
    let Some((method, body)) = next_method(status, method) else {
        return Ok(None);
    };
    let Some(location) = location(headers)? else {
        return Ok(None);
    };
    let base = Url::parse(base).map_err(|_| Unavailable::Location)?;
    let mut url = base.join(location).map_err(|_| Unavailable::Location)?;
    url.set_fragment(None);
    let origin = if url.origin() == base.origin() {
        RedirectOrigin::Same
    } else {
        RedirectOrigin::Other
    };
    Ok(Some(Redirect {
        url: url.into(),
        method,
        body,
        origin,
    }))
}

/// Fetch: "if one of the following is true: internalResponse's status is 301 or 302 and request's method is `POST`;
/// internalResponse's status is 303 and request's method is not `GET` or `HEAD`; then set request's method to `GET` and
/// request's body to null".
fn next_method(status: u16, method: &Method) -> Option<(Method, RedirectBody)> {
    let to_get = match StatusCode::from_u16(status).ok()? {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => method == Method::POST,
        StatusCode::SEE_OTHER => method != Method::GET && method != Method::HEAD,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
        _ => return None,
    };
    Some(if to_get {
        (Method::GET, RedirectBody::Dropped)
    } else {
        (method.clone(), RedirectBody::Kept)
    })
}

/// The one location of an answer. What the URL parser would silently repair (tabs, backslashes) is no location: a
/// server that means well does not write it, and two readers of it could disagree.
fn location(headers: &HeaderMap) -> Result<Option<&str>, Unavailable> {
    let mut values = headers.get_all(LOCATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Unavailable::Location);
    }
    let text = value.to_str().map_err(|_| Unavailable::Location)?;
    if text
        .bytes()
        .any(|byte| byte == b'\\' || !byte.is_ascii_graphic())
    {
        return Err(Unavailable::Location);
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://api.example.com/v1/items?page=2";

    fn target(
        status: u16,
        method: Method,
        location: &str,
    ) -> Result<Option<Redirect>, Unavailable> {
        let headers = HeaderMap::from_iter([(LOCATION, location.parse().unwrap())]);
        redirect_target(status, &headers, &method, BASE)
    }

    fn followed(location: &str) -> Redirect {
        target(302, Method::GET, location).unwrap().unwrap()
    }

    #[test]
    fn rewrites_methods_as_the_fetch_standard_has_it() {
        use RedirectBody::{Dropped, Kept};
        let rows = [
            (301, Method::GET, Method::GET, Kept),
            (301, Method::POST, Method::GET, Dropped),
            (301, Method::PUT, Method::PUT, Kept),
            (302, Method::POST, Method::GET, Dropped),
            (302, Method::HEAD, Method::HEAD, Kept),
            (302, Method::DELETE, Method::DELETE, Kept),
            (303, Method::POST, Method::GET, Dropped),
            (303, Method::PUT, Method::GET, Dropped),
            (303, Method::GET, Method::GET, Kept),
            (303, Method::HEAD, Method::HEAD, Kept),
            (307, Method::POST, Method::POST, Kept),
            (308, Method::POST, Method::POST, Kept),
        ];
        for (status, method, next, body) in rows {
            let redirect = target(status, method.clone(), "/next").unwrap().unwrap();
            assert_eq!(
                (&redirect.method, redirect.body),
                (&next, body),
                "{status} {method}"
            );
        }
    }

    #[test]
    fn other_answers_are_no_redirects() {
        for status in [200, 201, 300, 304, 305, 306, 309, 399, 400, 500, 999] {
            assert_eq!(
                target(status, Method::GET, "/next").unwrap(),
                None,
                "{status}"
            );
        }
        assert_eq!(
            redirect_target(302, &HeaderMap::new(), &Method::GET, BASE).unwrap(),
            None
        );
    }

    #[test]
    fn joins_the_location_with_the_url_that_answered() {
        let rows = [
            ("/next", "https://api.example.com/next"),
            ("next", "https://api.example.com/v1/next"),
            ("?page=3", "https://api.example.com/v1/items?page=3"),
            ("../../x", "https://api.example.com/x"),
            (
                "https://api.example.com/y#part",
                "https://api.example.com/y",
            ),
            ("https://API.example.com:443/y", "https://api.example.com/y"),
        ];
        for (location, url) in rows {
            let redirect = followed(location);
            assert_eq!(
                (redirect.url.as_str(), redirect.origin),
                (url, RedirectOrigin::Same),
                "{location}"
            );
        }
    }

    #[test]
    fn another_scheme_host_or_port_is_another_origin() {
        let rows = [
            ("//other.example/x", "https://other.example/x"),
            ("http://api.example.com/x", "http://api.example.com/x"),
            (
                "https://api.example.com:8443/x",
                "https://api.example.com:8443/x",
            ),
            ("file:///etc/passwd", "file:///etc/passwd"),
            ("data:text/plain,x", "data:text/plain,x"),
            ("https://a:b@other.example/", "https://a:b@other.example/"),
            ("http://2130706433/", "http://127.0.0.1/"),
        ];
        for (location, url) in rows {
            let redirect = followed(location);
            assert_eq!(
                (redirect.url.as_str(), redirect.origin),
                (url, RedirectOrigin::Other),
                "{location}"
            );
        }
    }

    #[test]
    fn refuses_a_location_that_a_parser_would_have_to_repair() {
        for location in [
            "https:\\\\evil.example\\",
            "/a b",
            "/a\tb",
            "https://",
            "https://a:port/",
            "http://[::1/",
        ] {
            assert!(
                matches!(
                    target(302, Method::GET, location),
                    Err(Unavailable::Location)
                ),
                "{location}"
            );
        }
    }

    #[test]
    fn refuses_two_locations() {
        let mut headers = HeaderMap::new();
        headers.append(LOCATION, "/a".parse().unwrap());
        headers.append(LOCATION, "/a".parse().unwrap());
        let refused = redirect_target(302, &headers, &Method::GET, BASE);
        assert!(matches!(refused, Err(Unavailable::Location)));
    }
}
