//! What a request over HTTP carries, as far as it matters before the protocol looks at it.

use axum::body::Bytes;
use http::Method;
use rmcp::model::RequestId;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// 2^53, from where on a float may stand for several integers.
const FLOAT_EXACT: f64 = 9_007_199_254_740_992.0;

/// A message, or what is none.
#[derive(Debug)]
pub(super) enum Message {
    /// It is no POST.
    None,
    /// No message of one kind.
    Unknown,
    Known {
        method: String,
        id: Option<RequestId>,
    },
}

impl Message {
    pub(super) fn of(request: &http::Request<Bytes>) -> Self {
        #[derive(Deserialize)]
        struct Parts {
            method: Option<String>,
            #[serde(default)]
            id: Id,
        }
        if request.method() != Method::POST {
            return Self::None;
        }
        let body = request.body();
        // A list would be taken for the parts in their order.
        let object = body.trim_ascii_start().starts_with(b"{");
        match serde_json::from_slice(body) {
            Ok(Parts {
                method: Some(method),
                id: Id(id),
            }) if object => Self::Known { method, id },
            _ => Self::Unknown,
        }
    }

    /// Whether it would begin a session. What is unknown is taken for what would.
    pub(super) fn begins_a_session(&self) -> bool {
        match self {
            Self::None => false,
            Self::Unknown => true,
            Self::Known { method, .. } => method == "initialize",
        }
    }

    /// Of a request the id, by which its answer finds it.
    pub(super) fn id(self) -> Option<RequestId> {
        match self {
            Self::Known { id, .. } => id,
            _ => None,
        }
    }
}

/// An id, where it is one that the protocol takes: `2`, `2.0` and `2e0` are one. Nothing else is kept, however large it is.
#[derive(Debug, Default)]
struct Id(Option<RequestId>);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

struct IdVisitor;

impl<'de> Visitor<'de> for IdVisitor {
    type Value = Id;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an id")
    }

    fn visit_i64<E>(self, number: i64) -> Result<Id, E> {
        Ok(Id(Some(RequestId::Number(number))))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Id, E> {
        Ok(Id(i64::try_from(number).ok().map(RequestId::Number)))
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "an integer that a float has exactly"
    )]
    fn visit_f64<E>(self, number: f64) -> Result<Id, E> {
        let exact = number.fract() == 0.0 && number.abs() < FLOAT_EXACT;
        Ok(Id(exact.then_some(RequestId::Number(number as i64))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Id, E> {
        Ok(Id(Some(RequestId::String(text.into()))))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Id, E> {
        Ok(Id(None))
    }

    fn visit_unit<E>(self) -> Result<Id, E> {
        Ok(Id(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Id, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Id(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Id, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Id(None))
    }
}

#[cfg(test)]
mod tests {
    //! What is an id, and which are one.

    use super::*;

    fn of(body: &str) -> Message {
        let request = http::Request::builder().method(Method::POST);
        Message::of(&request.body(Bytes::from(body.to_owned())).unwrap())
    }

    fn id(id: &str) -> Option<RequestId> {
        of(&format!(r#"{{"method": "ping", "id": {id}}}"#)).id()
    }

    /// What the protocol's own reader makes of it.
    fn its(id: &str) -> Option<RequestId> {
        serde_json::from_str(id).ok()
    }

    #[test]
    fn an_id_is_what_the_protocol_takes_it_for() {
        for text in [
            "2",
            "2.0",
            "2e0",
            "20e-1",
            "-2",
            "0",
            "-0",
            "-0.0",
            "2.5",
            "9223372036854775807",
            "9223372036854775808",
            "9007199254740991.0",
            "9007199254740992.0",
            "1e400",
            "\"2\"",
            "\"\"",
            "\"\\u0032\"",
            "true",
            "[2]",
            "[[2], {}]",
            "{\"id\": 2}",
        ] {
            assert_eq!(id(text), its(text), "{text}");
        }
        assert_eq!(id("2.0"), id("2"));
        assert_ne!(id("\"2\""), id("2"));
        assert_eq!(id("null"), None);
    }

    #[test]
    fn what_is_no_message_of_one_kind_could_begin_a_session() {
        for text in [
            "",
            "[\"ping\", 5]",
            "{\"method\": \"ping\", \"method\": \"initialize\"}",
            "{\"method\": \"ping\", \"id\": 1, \"id\": 2}",
            "{\"id\": 1}",
            "{\"method\": 1}",
        ] {
            let message = of(text);
            assert!(message.begins_a_session(), "{text}: {message:?}");
            assert_eq!(message.id(), None, "{text}");
        }
        assert!(of("{\"method\": \"initialize\"}").begins_a_session());
        assert!(!of("{\"method\": \"ping\"}").begins_a_session());
    }
}
