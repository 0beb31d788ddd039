//! AWS Signature Version 4: a request is signed with the secret key, which is not sent.
//!
//! "AWS Signature Version 4 for API requests": a canonical request is hashed, the hash is signed with a key that is derived from the secret for one day, region and
//! service. All headers of the tool's are signed, so that nobody on the way can add to them, but for those that proxies rewrite.

use bailiwick_policy::{AwsSigV4, HttpUrl};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Method;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::BodyHash;
use super::inject::joined;
use crate::audit::Timestamp;

/// The service whose paths are encoded once, whose requests name the hash of their body, and that takes bodies in pieces unsigned.
pub(super) const S3: &str = "s3";

/// The headers that a signature sets.
pub(super) const OWN_HEADERS: [&str; 4] = [
    "authorization",
    "x-amz-date",
    "x-amz-content-sha256",
    "x-amz-security-token",
];

/// Headers that are not signed: what the host or a proxy on the way writes anew.
const UNSIGNED: [&str; 7] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "expect",
    "transfer-encoding",
    "user-agent",
];

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What a signature is about.
pub(super) struct Signing<'a> {
    pub(super) method: &'a Method,
    pub(super) to: &'a HttpUrl,
    pub(super) aws: &'a AwsSigV4,
    pub(super) secret: &'a [u8],
    pub(super) token: Option<&'a [u8]>,
    pub(super) body: &'a BodyHash,
    pub(super) time: Timestamp,
}

impl Signing<'_> {
    /// Adds the headers of a signature; none where one of them could not be sent.
    pub(super) fn sign(self, headers: &mut HeaderMap) -> Option<()> {
        let time = compact(self.time);
        headers.insert("x-amz-date", HeaderValue::from_str(&time).ok()?);
        if let Some(token) = self.token {
            headers.insert("x-amz-security-token", joined(b"", token)?);
        }
        let body = self.body_in_words();
        if self.aws.service == S3 {
            headers.insert("x-amz-content-sha256", HeaderValue::from_str(&body).ok()?);
        }
        let (signed, lines) = signed_headers(headers);
        let canonical = Zeroizing::new(format!(
            "{}\n{}\n{}\n{}\n{signed}\n{body}",
            self.method,
            self.path(),
            canonical_query(self.to.query().unwrap_or_default()),
            lines.as_str(),
        ));
        let day = time.get(..8)?;
        let scope = format!(
            "{day}/{}/{}/aws4_request",
            self.aws.region, self.aws.service
        );
        let hash = hexadecimal(&Sha256::digest(canonical.as_bytes()));
        let to_sign = format!("{ALGORITHM}\n{time}\n{scope}\n{hash}");
        let key = self.key(day)?;
        let signature = hexadecimal(mac(&key, to_sign.as_bytes())?.as_slice());
        let value = format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={signed}, Signature={signature}",
            self.aws.access_key_id
        );
        headers.insert(AUTHORIZATION, HeaderValue::from_str(&value).ok()?);
        Some(())
    }

    fn body_in_words(&self) -> String {
        match self.body {
            BodyHash::Known(hash) => hexadecimal(hash),
            BodyHash::Unknown => "UNSIGNED-PAYLOAD".to_owned(),
        }
    }

    /// "URI-encode each path segment twice (except for Amazon S3 where you only URI-encode once)".
    fn path(&self) -> String {
        let once = path_encoded(&decoded(self.to.path()));
        match self.aws.service == S3 {
            true => once,
            false => path_encoded(once.as_bytes()),
        }
    }

    /// The key for one day, region and service.
    fn key(&self, day: &str) -> Option<Zeroizing<Vec<u8>>> {
        let mut key = Zeroizing::new(Vec::with_capacity(4 + self.secret.len()));
        key.extend_from_slice(b"AWS4");
        key.extend_from_slice(self.secret);
        for part in [day, &self.aws.region, &self.aws.service, "aws4_request"] {
            key = mac(&key, part.as_bytes())?;
        }
        Some(key)
    }
}

fn mac(key: &[u8], text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text);
    Some(Zeroizing::new(mac.finalize().into_bytes().to_vec()))
}

/// `20150830T123600Z`.
fn compact(time: Timestamp) -> String {
    let text = time.to_string();
    let seconds = text.split('.').next().unwrap_or_default();
    let mut compact: String = seconds
        .chars()
        .filter(|character| !matches!(character, '-' | ':'))
        .collect();
    compact.push('Z');
    compact
}

/// The names that are signed, and their lines, sorted; values of one name stand together.
fn signed_headers(headers: &HeaderMap) -> (String, Zeroizing<String>) {
    let mut names: Vec<&HeaderName> = headers
        .keys()
        .filter(|name| !UNSIGNED.contains(&name.as_str()))
        .collect();
    names.sort_by_key(|name| name.as_str());
    let mut lines = Zeroizing::new(String::new());
    for name in &names {
        let values = headers.get_all(*name).iter();
        let values: Vec<String> = values
            .map(|value| trimmed(&String::from_utf8_lossy(value.as_bytes())))
            .collect();
        lines.push_str(&format!("{}:{}\n", name.as_str(), values.join(",")));
    }
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    (names.join(";"), lines)
}

/// "Convert sequential spaces to a single space", and none at the ends.
fn trimmed(value: &str) -> String {
    let words: Vec<&str> = value
        .split([' ', '\t'])
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// Every parameter encoded in one way, sorted by name and then by value.
fn canonical_query(query: &str) -> String {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<(String, String)> = pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (encoded(&decoded(name)), encoded(&decoded(value)))
        })
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// Bytes of a text in which `%` and two digits stand for one.
pub(super) fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = match (first, behind) {
            (b'%', [high, low, ..]) => value(*high).zip(value(*low)),
            _ => None,
        };
        match digits {
            Some((high, low)) => {
                bytes.push(high << 4 | low);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    bytes
}

fn value(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

fn encoded(bytes: &[u8]) -> String {
    let mut text = Vec::with_capacity(bytes.len() * 3);
    encode(bytes, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

fn path_encoded(bytes: &[u8]) -> String {
    let segments: Vec<String> = bytes.split(|byte| *byte == b'/').map(encoded).collect();
    segments.join("/")
}

/// "URI-encode every byte except the unreserved characters: 'A'-'Z', 'a'-'z', '0'-'9', '-', '.', '_', and '~'", in capitals.
pub(super) fn encode(bytes: &[u8], text: &mut Vec<u8>) {
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(*byte);
            continue;
        }
        text.push(b'%');
        for half in [byte >> 4, byte & 15] {
            text.push(if half < 10 {
                b'0' + half
            } else {
                b'A' + half - 10
            });
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
