//! Requests that a guest describes: they stay on its side of the waist until it sends them, and are bounded together.

use std::collections::HashMap;

use bailiwick_policy::{Limit, URL_BYTES_MAX};

use super::operations::Description;
use super::transport::Headers;
use crate::waist::Failure;

/// Bytes that a described request counts for beside what it holds.
const DESCRIPTION_BYTES: u64 = 256;

/// The described requests of one call, by the numbers that the guest's handles stand for.
#[derive(Debug)]
pub(crate) struct Requests {
    open: HashMap<u32, Described>,
    next: u32,
    bytes: u64,
    bytes_max: u64,
}

#[derive(Debug)]
struct Described {
    request: Description,
    /// The same headers, for their limits.
    headers: Headers,
    bytes: u64,
}

impl Requests {
    /// None yet. Together they may hold what one host call may carry.
    pub(crate) fn new(bytes_max: u64) -> Self {
        Self {
            open: HashMap::new(),
            next: 0,
            bytes: 0,
            bytes_max,
        }
    }

    /// Keeps a description. What is too long for any URL is cut to one byte too many: it is refused when it is sent, as
    /// the whole would be.
    pub(super) fn insert(&mut self, mut method: String, mut url: String) -> Result<u32, Failure> {
        cut(&mut method, URL_BYTES_MAX + 1);
        cut(&mut url, URL_BYTES_MAX + 1);
        let id = self.next;
        self.next = id.checked_add(1).ok_or(Failure::Limit(Limit::Handles))?;
        let bytes = DESCRIPTION_BYTES + (method.len() + url.len()) as u64;
        hold(&mut self.bytes, bytes, self.bytes_max)?;
        let request = Description {
            method,
            url,
            headers: Vec::new(),
            body: None,
            secret: None,
        };
        let headers = Headers::default();
        self.open.insert(
            id,
            Described {
                request,
                headers,
                bytes,
            },
        );
        Ok(id)
    }

    pub(super) fn add_header(&mut self, id: u32, name: &str, value: String) -> Result<(), Failure> {
        let described = self.open.get_mut(&id).ok_or_else(unknown)?;
        described.headers.add(name, &value)?;
        let bytes = DESCRIPTION_BYTES + (name.len() + value.len()) as u64;
        hold(&mut self.bytes, bytes, self.bytes_max)?;
        described.bytes += bytes;
        let header = (name.to_ascii_lowercase(), value);
        described.request.headers.push(header);
        Ok(())
    }

    pub(super) fn set_body(&mut self, id: u32, body: Vec<u8>) -> Result<(), Failure> {
        let described = self.open.get_mut(&id).ok_or_else(unknown)?;
        let bytes = body.len() as u64;
        let before = described
            .request
            .body
            .take()
            .map_or(0, |body| body.len() as u64);
        described.bytes -= before;
        self.bytes -= before;
        hold(&mut self.bytes, bytes, self.bytes_max)?;
        described.bytes += bytes;
        described.request.body = Some(body);
        Ok(())
    }

    /// The URL of a description, which it has had from the beginning.
    pub(crate) fn url(&self, id: u32) -> Result<&str, Failure> {
        let described = self.open.get(&id).ok_or_else(unknown)?;
        Ok(&described.request.url)
    }

    /// Notes that the host is to put a secret into the request.
    pub(crate) fn attach(&mut self, id: u32, secret: String) -> Result<(), Failure> {
        let described = self.open.get_mut(&id).ok_or_else(unknown)?;
        if described.request.secret.is_some() {
            return Err(Failure::Invalid(
                "the request carries a secret already".to_owned(),
            ));
        }
        let bytes = secret.len() as u64;
        hold(&mut self.bytes, bytes, self.bytes_max)?;
        described.bytes += bytes;
        described.request.secret = Some(secret);
        Ok(())
    }

    /// Takes a description out: it is sent, or dropped.
    pub(super) fn take(&mut self, id: u32) -> Result<Description, Failure> {
        let described = self.open.remove(&id).ok_or_else(unknown)?;
        self.bytes -= described.bytes;
        Ok(described.request)
    }
}

fn hold(held: &mut u64, bytes: u64, bytes_max: u64) -> Result<(), Failure> {
    let total = held.saturating_add(bytes);
    if total > bytes_max {
        return Err(Failure::Limit(Limit::HostCallBytes));
    }
    *held = total;
    Ok(())
}

/// What is kept is a text of its own. Cut in place it would keep the room of the whole, or leave a hole that no later text
/// of that size fits into: a thousand descriptions would take what a thousand host calls carried.
fn cut(text: &mut String, bytes_max: usize) {
    if text.len() > bytes_max {
        let (kept, _) = text.split_at(text.floor_char_boundary(bytes_max));
        *text = kept.to_owned();
    }
}

/// The component model hands out only numbers of open handles.
fn unknown() -> Failure {
    Failure::Fault("a described request is not there".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: Failure = Failure::Limit(Limit::HostCallBytes);

    fn requests(bytes_max: u64) -> (Requests, u32) {
        let mut requests = Requests::new(bytes_max);
        let id = requests
            .insert("PUT".to_owned(), "https://a.example/".to_owned())
            .unwrap();
        (requests, id)
    }

    #[test]
    fn holds_together_what_one_host_call_may_carry_and_not_a_byte_more() {
        let (mut held, id) = requests(10_000);
        let room = 10_000 - held.bytes;
        let body = |bytes: u64| vec![0; usize::try_from(bytes).unwrap()];
        assert_eq!(held.set_body(id, body(room)), Ok(()));
        assert_eq!(held.set_body(id, body(room + 1)), Err(FULL));
        assert_eq!(held.set_body(id, body(room)), Ok(()));
        assert_eq!(held.add_header(id, "accept", "a".to_owned()), Err(FULL));
        assert_eq!(held.insert("GET".to_owned(), String::new()), Err(FULL));
        held.take(id).unwrap();
        assert_eq!(held.bytes, 0);
    }

    #[test]
    fn what_was_cut_takes_no_room() {
        let (mut held, _) = requests(1 << 20);
        let long = "x".repeat(8 << 20);
        let id = held.insert(long.clone(), long).unwrap();
        let request = held.take(id).unwrap();
        assert!(
            request.method.capacity() <= URL_BYTES_MAX + 1,
            "{}",
            request.method.capacity()
        );
        assert!(
            request.url.capacity() <= URL_BYTES_MAX + 1,
            "{}",
            request.url.capacity()
        );
    }

    #[test]
    fn a_dropped_request_makes_room_for_the_next() {
        let mut held = Requests::new(10_000);
        for _ in 0..100 {
            let id = held
                .insert("PUT".to_owned(), "https://a.example/".to_owned())
                .unwrap();
            held.add_header(id, "accept", "a".to_owned()).unwrap();
            held.set_body(id, vec![0; 5_000]).unwrap();
            let request = held.take(id).unwrap();
            assert_eq!(request.headers, [("accept".to_owned(), "a".to_owned())]);
        }
        assert_eq!(held.bytes, 0);
    }

    #[test]
    fn cuts_what_is_too_long_for_any_url_so_that_it_still_is() {
        let mut held = Requests::new(1 << 20);
        let url = format!("https://a.example/{}", "ä".repeat(URL_BYTES_MAX));
        let id = held.insert("GET".to_owned(), url).unwrap();
        let kept = held.take(id).unwrap().url;
        assert!((URL_BYTES_MAX..=URL_BYTES_MAX + 1).contains(&kept.len()));
        assert!(bailiwick_policy::HttpUrl::parse(&kept).is_err());
    }
}
