//! Where a permitted request goes, in the forms that HTTP has for it.

use bailiwick_policy::HttpUrl;
use http::{HeaderValue, Uri, uri::Authority};

use super::error::Invalid;

/// The host without brackets: a name or an address, as name lookup and TLS want it.
pub(super) fn bare_host(to: &HttpUrl) -> &str {
    to.host().as_str().trim_matches(['[', ']'])
}

/// The value of `host`: without the port where it is the scheme's own.
pub(super) fn host_header(to: &HttpUrl) -> Result<HeaderValue, Invalid> {
    HeaderValue::from_str(to.authority()).map_err(|_| Invalid::Url)
}

/// RFC 9112, 3.2.1: "the absolute path and query components of the target URI".
pub(super) fn origin_form(to: &HttpUrl) -> Result<Uri, Invalid> {
    unchanged(to, to.path_and_query())
}

/// RFC 9112, 3.2.2: what a proxy is asked for.
pub(super) fn absolute_form(to: &HttpUrl) -> Result<Uri, Invalid> {
    unchanged(to, to.as_str())
}

/// RFC 9112, 3.2.3: what a proxy is asked to connect to.
pub(super) fn authority_form(to: &HttpUrl) -> Result<Uri, Invalid> {
    let text = format!("{}:{}", to.host(), to.port());
    let authority: Authority = text.parse().map_err(|_| Invalid::Url)?;
    Ok(Uri::from(authority))
}

/// What is sent is what was decided: a part that the request line would lose or change is an error.
fn unchanged(to: &HttpUrl, form: &str) -> Result<Uri, Invalid> {
    let uri: Uri = form.parse().map_err(|_| Invalid::Url)?;
    let sent = uri.path_and_query().map(|part| part.as_str());
    if sent == Some(to.path_and_query()) {
        Ok(uri)
    } else {
        Err(Invalid::Url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> HttpUrl {
        HttpUrl::parse(text).unwrap()
    }

    #[test]
    fn has_each_form_of_a_name_and_of_an_address() {
        let named = url("https://API.example.com/a/b?c=d");
        assert_eq!(bare_host(&named), "api.example.com");
        assert_eq!(host_header(&named).unwrap(), "api.example.com");
        assert_eq!(origin_form(&named).unwrap(), "/a/b?c=d");
        assert_eq!(authority_form(&named).unwrap(), "api.example.com:443");

        let address = url("http://[2001:db8::1]:8080");
        assert_eq!(bare_host(&address), "2001:db8::1");
        assert_eq!(host_header(&address).unwrap(), "[2001:db8::1]:8080");
        assert_eq!(origin_form(&address).unwrap(), "/");
        assert_eq!(
            absolute_form(&address).unwrap(),
            "http://[2001:db8::1]:8080/"
        );
        assert_eq!(authority_form(&address).unwrap(), "[2001:db8::1]:8080");
    }
}
