//! The headers that a tool may give to a request, and what a redirect leaves of them.

use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use super::error::Invalid;

/// Headers a request may have: far more than any API asks for, far less than what makes a server stumble.
pub(crate) const HEADERS_MAX: usize = 64;

/// Bytes of headers a request may have: what common servers accept for all of them together (nginx 32 KiB, Apache
/// 8 KiB a line, Node 16 KiB).
pub(crate) const HEADER_BYTES_MAX: usize = 16 * 1024;

/// What stands around a name and a value on the wire: `: ` and CR LF.
const HEADER_FRAME_BYTES: usize = 4;

/// Headers that belong to whoever frames the message: a tool that could set one of them would send a second request
/// inside the first, name another host, or talk to the proxy. `cookie` is here because credentials are not a tool's to
/// invent. No rule can name them; this is the second wall.
const FORBIDDEN: [&str; 12] = [
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Every header of a proxy starts with this.
const FORBIDDEN_PREFIX: &str = "proxy-";

/// What goes along when a redirect leaves the origin: nothing that could be a credential.
const CROSSES_ORIGINS: [HeaderName; 3] = [ACCEPT, CONTENT_TYPE, USER_AGENT];

/// Headers of a request as a tool gave them, checked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers {
    map: HeaderMap,
    bytes: usize,
}

impl Headers {
    /// Headers from names and values, in their order.
    ///
    /// # Errors
    ///
    /// As for [`Headers::add`].
    pub(crate) fn from_pairs(pairs: &[(String, String)]) -> Result<Self, Invalid> {
        let mut headers = Self::default();
        for (name, value) in pairs {
            headers.add(name, value)?;
        }
        Ok(headers)
    }

    /// Adds a header. The same name can be added again.
    ///
    /// # Errors
    ///
    /// The name is not a token, the value has a character other than visible ASCII, space and tab, or there would be too
    /// many headers. Whether the tool may set the header is decided when it is sent.
    pub(crate) fn add(&mut self, name: &str, value: &str) -> Result<(), Invalid> {
        let name = parse_name(name)?;
        let value = parse_value(&name, value)?;
        self.make_room(&name, &value)?;
        self.map.append(name, value);
        Ok(())
    }

    /// The names, in lower case, for the policy to decide on. A name that was added twice comes once.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.map.keys().map(HeaderName::as_str)
    }

    /// What a redirect to another origin carries on: `accept`, `content-type` and `user-agent`.
    pub(crate) fn across_origins(mut self) -> Self {
        let names: Vec<_> = self.map.keys().cloned().collect();
        for name in names {
            if !CROSSES_ORIGINS.contains(&name) {
                self.map.remove(name);
            }
        }
        self
    }

    /// What a redirect that drops the body carries on: everything but what describes the body.
    pub(crate) fn without_body(mut self) -> Self {
        let names: Vec<_> = self.map.keys().cloned().collect();
        for name in names {
            if name.as_str().starts_with("content-") {
                self.map.remove(name);
            }
        }
        self
    }

    /// Bytes of names and values.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes as u64
    }

    /// The headers as they are sent.
    ///
    /// # Errors
    ///
    /// One of them is the host's to set.
    pub(super) fn into_map(self) -> Result<HeaderMap, Invalid> {
        if let Some(name) = self.names().find(|name| is_forbidden(name)) {
            return Err(Invalid::HeaderForbidden(name.to_owned()));
        }
        Ok(self.map)
    }

    fn make_room(&mut self, name: &HeaderName, value: &HeaderValue) -> Result<(), Invalid> {
        if self.map.len() >= HEADERS_MAX {
            return Err(Invalid::HeaderCount { max: HEADERS_MAX });
        }
        let bytes = self.bytes + name.as_str().len() + value.len() + HEADER_FRAME_BYTES;
        if bytes > HEADER_BYTES_MAX {
            return Err(Invalid::HeaderBytes {
                max: HEADER_BYTES_MAX,
            });
        }
        self.bytes = bytes;
        Ok(())
    }
}

fn parse_name(name: &str) -> Result<HeaderName, Invalid> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| Invalid::HeaderName)
}

fn is_forbidden(name: &str) -> bool {
    FORBIDDEN.contains(&name) || name.starts_with(FORBIDDEN_PREFIX)
}

fn parse_value(name: &HeaderName, value: &str) -> Result<HeaderValue, Invalid> {
    let invalid = || Invalid::HeaderValue(name.as_str().to_owned());
    let sendable = |byte: u8| byte.is_ascii_graphic() || byte == b' ' || byte == b'\t';
    if !value.bytes().all(sendable) {
        return Err(invalid());
    }
    HeaderValue::from_str(value).map_err(|_| invalid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_every_header_that_frames_the_message() {
        for name in FORBIDDEN.iter().chain(&[
            "proxy-authorization",
            "Proxy-X",
            "HOST",
            "Transfer-Encoding",
            "TE",
        ]) {
            let mut headers = Headers::default();
            headers.add("accept", "x").unwrap();
            headers.add(name, "x").unwrap();
            let refused = headers.into_map().unwrap_err();
            assert_eq!(refused, Invalid::HeaderForbidden(name.to_ascii_lowercase()));
        }
    }

    #[test]
    fn refuses_a_name_that_is_not_a_token() {
        for name in [
            "", " ", "a b", "a:", "a\r\nb", "a\0", "ä", "host ", "\thost", "a\n", "(a)",
        ] {
            let refused = Headers::default().add(name, "x").unwrap_err();
            assert_eq!(refused, Invalid::HeaderName, "{name:?}");
        }
    }

    #[test]
    fn refuses_a_value_that_could_end_its_line() {
        for value in [
            "a\r\nhost: b",
            "a\nb",
            "a\rb",
            "a\0b",
            "\u{85}",
            "ä",
            "a\u{b}b",
            "a\u{7f}b",
        ] {
            let refused = Headers::default().add("accept", value).unwrap_err();
            assert_eq!(
                refused,
                Invalid::HeaderValue("accept".to_owned()),
                "{value:?}"
            );
        }
    }

    #[test]
    fn takes_visible_ascii_with_spaces_and_tabs() {
        let mut headers = Headers::default();
        headers.add("Accept", "text/html; q=0.5,\t*/*").unwrap();
        headers.add("x-empty", "").unwrap();
        assert_eq!(headers.names().collect::<Vec<_>>(), ["accept", "x-empty"]);
    }

    #[test]
    fn takes_as_many_headers_as_the_limit_and_not_one_more() {
        let mut headers = Headers::default();
        for _ in 0..HEADERS_MAX {
            headers.add("x", "1").unwrap();
        }
        assert_eq!(
            headers.add("x", "1"),
            Err(Invalid::HeaderCount { max: HEADERS_MAX })
        );
    }

    #[test]
    fn takes_as_many_bytes_as_the_limit_and_not_one_more() {
        let room = HEADER_BYTES_MAX - HEADER_FRAME_BYTES - 1;
        assert_eq!(Headers::default().add("x", &"v".repeat(room)), Ok(()));
        let refused = Headers::default().add("x", &"v".repeat(room + 1));
        assert_eq!(
            refused,
            Err(Invalid::HeaderBytes {
                max: HEADER_BYTES_MAX
            })
        );
    }

    #[test]
    fn a_redirect_to_another_origin_carries_no_credentials() {
        let mut headers = Headers::default();
        for name in [
            "accept",
            "authorization",
            "x-api-key",
            "content-type",
            "user-agent",
            "referer",
        ] {
            headers.add(name, "v").unwrap();
        }
        let carried = headers.across_origins();
        assert_eq!(
            carried.names().collect::<Vec<_>>(),
            ["accept", "content-type", "user-agent"]
        );
    }

    #[test]
    fn a_redirect_without_a_body_does_not_describe_one() {
        let mut headers = Headers::default();
        for name in ["accept", "content-type", "content-language", "x-a"] {
            headers.add(name, "v").unwrap();
        }
        let mut carried: Vec<_> = headers.without_body().names().map(str::to_owned).collect();
        carried.sort();
        assert_eq!(carried, ["accept", "x-a"]);
    }
}
