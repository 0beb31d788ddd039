//! A whole answer.

use super::Error;

/// A whole answer.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::http::{Header, Response};
/// let answer = Response {
///     status: 200,
///     url: "https://api.example.com/v1/rates".to_owned(),
///     headers: vec![Header::new("content-type", "text/plain")],
///     body: b"1.25".to_vec(),
/// };
/// assert!(answer.is_success());
/// assert_eq!(answer.header("Content-Type"), Some("text/plain"));
/// assert_eq!(answer.text().unwrap(), "1.25");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The URL that answered: the last one when there were redirects.
    pub url: String,
    /// The headers, in the order of the answer; those of the same name stand together.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// Whether the status is one of 200 to 299.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http;
    /// let exists = http::get("https://api.example.com/v1/rates")?.is_success();
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The value of the first header of this name, in whatever case.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http;
    /// let answer = http::get("https://api.example.com/v1/rates")?;
    /// let of = answer.header("last-modified");
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// The body as text.
    ///
    /// # Errors
    /// [`Error::Other`] where it is not UTF-8.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http;
    /// let lines = http::get("https://api.example.com/v1/rates")?.text()?.lines().count();
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.body)
            .map_err(|_| Error::Other("the body is not UTF-8".to_owned()))
    }
}

/// A header.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::http::Header;
/// let accept = Header { name: "accept".to_owned(), value: "text/csv".to_owned() };
/// assert_eq!(accept, Header::new("accept", "text/csv"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Header {
    /// The name, in lower case when it comes from a server.
    pub name: String,
    /// The value.
    pub value: String,
}

impl Header {
    /// A header with this name and value.
    ///
    /// # Examples
    /// ```
    /// # use bailiwick_sdk::http::Header;
    /// assert_eq!(Header::new("accept", "text/csv").value, "text/csv");
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

/// The value of the first header of this name.
pub(super) fn first<'headers>(headers: &'headers [Header], name: &str) -> Option<&'headers str> {
    let header = headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case(name));
    header.map(|header| header.value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &[u8]) -> Response {
        Response {
            status,
            url: String::new(),
            headers: Vec::new(),
            body: body.to_vec(),
        }
    }

    #[test]
    fn success_is_two_hundred_to_two_hundred_and_ninety_nine() {
        let successes = [0, 199, 200, 299, 300, 404].map(|status| answer(status, b"").is_success());
        assert_eq!(successes, [false, false, true, true, false, false]);
    }

    #[test]
    fn finds_the_first_header_of_a_name_in_any_case() {
        let mut answer = answer(200, b"");
        answer.headers = ["a", "b", "c"]
            .map(|value| Header::new(if value == "a" { "x" } else { "y" }, value))
            .to_vec();
        assert_eq!((answer.header("Y"), answer.header("z")), (Some("b"), None));
    }

    #[test]
    fn a_body_that_is_no_text_is_an_error_and_not_something_like_it() {
        assert_eq!(answer(200, "ß".as_bytes()).text(), Ok("ß"));
        assert!(matches!(answer(200, b"\xff").text(), Err(Error::Other(_))));
    }
}
