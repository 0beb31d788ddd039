//! What an answer that redirects asks for. Following is the caller's: each redirect is a new attempt.
//!
//! The method changes as the Fetch standard has it ("HTTP-redirect fetch"). Where the location leads, and whether it is
//! anything that may be requested (`file:`, user-info, another host, `http` after `https`), the policy says:
//! [`bailiwick_policy::HttpUrl::redirect`] and a new decision.

use http::{HeaderMap, Method, StatusCode, header::LOCATION};

use super::error::Unavailable;

/// The next request of a chain.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Redirect {
    /// The location, as the server wrote it.
    pub(crate) location: String,
    /// The method of the next request.
    pub(crate) method: Method,
    /// What becomes of the body.
    pub(crate) body: RedirectBody,
}

/// What becomes of the body of a request that is redirected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RedirectBody {
    /// The body is sent again.
    Kept,
    /// The next request has no body.
    Dropped,
}

/// The redirect that an answer asks for, if it asks for one.
///
/// # Errors
///
/// [`Unavailable::Location`] when the answer has several locations or one that is not ASCII.
pub(crate) fn redirect(
    status: u16,
    headers: &HeaderMap,
    method: &str,
) -> Result<Option<Redirect>, Unavailable> {
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| Unavailable::Location)?;
    let Some((method, body)) = next_method(status, method) else {
        return Ok(None);
    };
    let location = location(headers)?;
    Ok(location.map(|location| Redirect {
        location: location.to_owned(),
        method,
        body,
    }))
}

/// Fetch: "if one of the following is true: internalResponse's status is 301 or 302 and request's method is `POST`;
/// internalResponse's status is 303 and request's method is not `GET` or `HEAD`; then set request's method to `GET` and
/// request's body to null".
fn next_method(status: u16, method: Method) -> Option<(Method, RedirectBody)> {
    let to_get = match StatusCode::from_u16(status).ok()? {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => method == Method::POST,
        StatusCode::SEE_OTHER => method != Method::GET && method != Method::HEAD,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
        _ => return None,
    };
    Some(if to_get {
        (Method::GET, RedirectBody::Dropped)
    } else {
        (method, RedirectBody::Kept)
    })
}

/// The one location of an answer.
fn location(headers: &HeaderMap) -> Result<Option<&str>, Unavailable> {
    let mut values = headers.get_all(LOCATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Unavailable::Location);
    }
    value.to_str().map(Some).map_err(|_| Unavailable::Location)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(status: u16, method: &str) -> Option<Redirect> {
        let headers = HeaderMap::from_iter([(LOCATION, "/next".parse().unwrap())]);
        redirect(status, &headers, method).unwrap()
    }

    #[test]
    fn rewrites_methods_as_the_fetch_standard_has_it() {
        use RedirectBody::{Dropped, Kept};
        let rows = [
            (301, "GET", "GET", Kept),
            (301, "POST", "GET", Dropped),
            (301, "PUT", "PUT", Kept),
            (302, "POST", "GET", Dropped),
            (302, "HEAD", "HEAD", Kept),
            (302, "DELETE", "DELETE", Kept),
            (303, "POST", "GET", Dropped),
            (303, "PUT", "GET", Dropped),
            (303, "GET", "GET", Kept),
            (303, "HEAD", "HEAD", Kept),
            (307, "POST", "POST", Kept),
            (308, "POST", "POST", Kept),
        ];
        for (status, method, next, body) in rows {
            let redirect = asked(status, method).unwrap();
            assert_eq!(
                (redirect.method.as_str(), redirect.body),
                (next, body),
                "{status} {method}"
            );
            assert_eq!(redirect.location, "/next");
        }
    }

    #[test]
    fn other_answers_are_no_redirects() {
        for status in [200, 201, 300, 304, 305, 306, 309, 399, 400, 500, 999] {
            assert_eq!(asked(status, "GET"), None, "{status}");
        }
        assert_eq!(redirect(302, &HeaderMap::new(), "GET").unwrap(), None);
    }

    #[test]
    fn refuses_two_locations_and_one_that_is_not_text() {
        let mut headers = HeaderMap::new();
        headers.append(LOCATION, "/a".parse().unwrap());
        headers.append(LOCATION, "/a".parse().unwrap());
        let refused = redirect(302, &headers, "GET");
        assert!(matches!(refused, Err(Unavailable::Location)));
        let bytes = http::HeaderValue::from_bytes(b"/\xff").unwrap();
        let refused = redirect(302, &HeaderMap::from_iter([(LOCATION, bytes)]), "GET");
        assert!(matches!(refused, Err(Unavailable::Location)));
    }
}
