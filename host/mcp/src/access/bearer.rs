//! The header `Authorization`, read strictly: once, `Bearer`, one token, not too long.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::refused::Refused;

/// Bytes of the header: JWTs with many claims have a few KiB, and most servers stop at 8 KiB as well.
pub(super) const HEADER_BYTES_MAX: usize = 8 * 1024;

/// The token that a request presents.
pub(super) fn token(headers: &HeaderMap) -> Result<&str, Refused> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(Refused::Missing)?;
    if values.next().is_some() {
        return Err(Refused::Malformed(
            "the header `Authorization` is there more than once",
        ));
    }
    if value.len() > HEADER_BYTES_MAX {
        return Err(Refused::Malformed("the header `Authorization` is too long"));
    }
    let text = value.to_str().map_err(|_| {
        Refused::Malformed("the header `Authorization` has characters that no token has")
    })?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    // RFC 9110: "It uses a case-insensitive token to identify the authentication scheme".
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Refused::Missing);
    }
    if !is_b64token(token) {
        return Err(Refused::Malformed(
            "expected `Bearer`, one space and a token",
        ));
    }
    Ok(token)
}

/// RFC 6750: `b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`.
fn is_b64token(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(values: &[&[u8]]) -> Result<String, Refused> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        token(&headers).map(str::to_owned)
    }

    #[test]
    fn reads_one_bearer_token() {
        for (header, token) in [
            ("Bearer abc", "abc"),
            ("bearer abc", "abc"),
            ("BEARER a.b-c_d~e+f/g==", "a.b-c_d~e+f/g=="),
        ] {
            assert_eq!(read(&[header.as_bytes()]).unwrap(), token);
        }
    }

    #[test]
    fn refuses_everything_else() {
        assert!(matches!(read(&[]), Err(Refused::Missing)));
        for other in [
            "",
            "Basic YTpi",
            "Bearerabc",
            "Bearer\tabc",
            " Bearer abc",
            "abc",
        ] {
            assert!(
                matches!(read(&[other.as_bytes()]), Err(Refused::Missing)),
                "{other:?}"
            );
        }
        let long = format!("Bearer {}", "a".repeat(HEADER_BYTES_MAX - 6));
        for values in [
            &[&b"Bearer"[..]][..],
            &[b"Bearer "],
            &[b"Bearer  abc"],
            &[b"Bearer abc "],
            &[b"Bearer abc def"],
            &[b"Bearer abc,Bearer def"],
            &[b"Bearer ="],
            &[b"Bearer a=b"],
            &[b"Bearer \"abc\""],
            &[b"Bearer abc\xe9"],
            &[b"Bearer abc", b"Bearer abc"],
            &[b"Bearer abc", b""],
            &[long.as_bytes()],
        ] {
            assert!(
                matches!(read(values), Err(Refused::Malformed(_))),
                "{values:?}"
            );
        }
        assert_eq!(
            read(&[&long.as_bytes()[..HEADER_BYTES_MAX]]).unwrap().len(),
            HEADER_BYTES_MAX - 7
        );
    }
}
