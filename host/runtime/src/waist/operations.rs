//! Operations by name: how bytes that another process sent become an operation, and its reply becomes bytes again.
//!
//! The attacker is that process: it chooses names, bytes, order and number. What it can choose among is what a [`Operations`] holds,
//! which is what the interfaces register that its component imports; what it sends is read into the operation's own type or
//! refused whole; and from there on it takes the same way as an operation of this process.

use std::any::Any;
use std::collections::HashMap;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use serde_bytes::{ByteBuf, Bytes};

use super::{Attempted, Counted, Failure, Held, Operation, Waist};

/// What was sent is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it cannot be read")]
pub(crate) struct Unreadable;

/// What came of an operation that another process asked for.
pub(crate) struct Answered {
    /// The reply or the failure, as [`reply_of`] reads it.
    pub(crate) bytes: Vec<u8>,
    /// Why the host cannot go on, where it cannot.
    pub(crate) fault: Option<String>,
}

type Answering = for<'a> fn(&'a mut Waist, &'a [u8]) -> BoxFuture<'a, Result<Answered, Unreadable>>;

/// The operations that another process can ask for, by name.
#[derive(Clone, Default)]
pub struct Operations {
    by_name: HashMap<&'static str, Answering>,
}

impl std::fmt::Debug for Operations {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.by_name.keys()).finish()
    }
}

impl Operations {
    /// Adds an operation that the policy decides about.
    pub fn attempted<O: Attempted>(&mut self) -> &mut Self {
        self.by_name.insert(O::NAME, attempt::<O>);
        self
    }

    /// Adds an operation on a handle.
    pub fn held<O: Held>(&mut self) -> &mut Self {
        self.by_name.insert(O::NAME, hold::<O>);
        self
    }

    /// Adds [`Counted`].
    pub(crate) fn counted(&mut self) -> &mut Self {
        self.by_name.insert(Counted::NAME, count);
        self
    }

    /// Has the operation of this name answered; none where there is no such operation.
    pub(crate) async fn answer(
        &self,
        waist: &mut Waist,
        name: &str,
        bytes: &[u8],
    ) -> Option<Result<Answered, Unreadable>> {
        let answering = self.by_name.get(name)?;
        // Before anything is made of the bytes: whoever has no host call left cannot have them read.
        if let Err(failure) = waist.has_a_host_call_left() {
            return Some(Ok(answered::<Counted>(Err(failure))));
        }
        Some(answering(waist, bytes).await)
    }
}

fn attempt<'a, O: Attempted>(
    waist: &'a mut Waist,
    bytes: &'a [u8],
) -> BoxFuture<'a, Result<Answered, Unreadable>> {
    async move {
        let operation: O = decode(bytes)?;
        Ok(answered::<O>(waist.attempt(operation).await))
    }
    .boxed()
}

fn hold<'a, O: Held>(
    waist: &'a mut Waist,
    bytes: &'a [u8],
) -> BoxFuture<'a, Result<Answered, Unreadable>> {
    async move {
        let operation: O = decode(bytes)?;
        Ok(answered::<O>(waist.held(operation).await))
    }
    .boxed()
}

fn count<'a>(waist: &'a mut Waist, bytes: &'a [u8]) -> BoxFuture<'a, Result<Answered, Unreadable>> {
    async move {
        let Counted = decode(bytes)?;
        Ok(answered::<Counted>(waist.count()))
    }
    .boxed()
}

fn answered<O: Operation>(answer: Result<O::Reply, Failure>) -> Answered {
    let fault = match &answer {
        Err(Failure::Fault(text)) => Some(text.clone()),
        Ok(_) | Err(_) => None,
    };
    match encode_answer(&answer.map_err(told)) {
        Ok(bytes) => Answered { bytes, fault },
        Err(Unreadable) => Answered {
            bytes: Vec::new(),
            fault: Some(format!("the reply of `{}` cannot be sent", O::NAME)),
        },
    }
}

/// What the other side of the wall may know of a failure: what a guest may, and no text that is for operators.
fn told(failure: Failure) -> Failure {
    match failure {
        Failure::Unavailable(_) => Failure::Unavailable(String::new()),
        Failure::Fault(_) => Failure::Fault(String::new()),
        other => other,
    }
}

/// The reply to an operation, from the bytes of [`Answered`].
pub(crate) fn reply_of<O: Operation>(bytes: &[u8]) -> Result<O::Reply, Failure> {
    let unreadable = |_| Failure::Fault(format!("the reply to `{}` cannot be read", O::NAME));
    decode_answer(bytes).map_err(unreadable)?
}

/// The bytes of a reply or a failure. A reply that is bytes is copied as a whole; others of its kind go value by value, and what is sent is the
/// same.
fn encode_answer<R: Serialize + 'static>(
    answer: &Result<R, Failure>,
) -> Result<Vec<u8>, Unreadable> {
    let of_bytes = (answer as &dyn Any).downcast_ref::<Result<Vec<u8>, Failure>>();
    match of_bytes {
        Some(answer) => encode(&answer.as_ref().map(|bytes| Bytes::new(bytes))),
        None => encode(answer),
    }
}

/// The reply or the failure that these bytes are.
fn decode_answer<R: DeserializeOwned + 'static>(
    bytes: &[u8],
) -> Result<Result<R, Failure>, Unreadable> {
    let mut answer = None::<Result<R, Failure>>;
    let of_bytes: &mut dyn Any = &mut answer;
    match of_bytes.downcast_mut::<Option<Result<Vec<u8>, Failure>>>() {
        Some(answer) => {
            *answer = Some(decode::<Result<ByteBuf, Failure>>(bytes)?.map(ByteBuf::into_vec));
        }
        None => answer = Some(decode(bytes)?),
    }
    answer.ok_or(Unreadable)
}

/// Bytes of a value.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Unreadable> {
    postcard::to_allocvec(value).map_err(|_| Unreadable)
}

/// The value that these bytes are, all of them.
fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok(_) | Err(_) => Err(Unreadable),
    }
}

#[cfg(test)]
mod tests {
    use bailiwick_policy::{Denial, Limit, Limits, Manifest, Rules, Source, resolve};

    use super::super::{AnyOperation, Performer, Scene, StandIn};
    use super::*;
    use crate::capability::files::ReadFile;

    /// Answers with the path, or that there is none.
    struct Echo;

    /// Is never asked.
    struct Nobody;

    impl StandIn for Nobody {
        fn permitted(
            &self,
            _operation: &dyn AnyOperation,
            _words: &str,
            _permit: &dyn Any,
            _scene: &mut Scene,
        ) -> Result<Box<dyn Any + Send>, Failure> {
            Err(Failure::Denied)
        }

        fn held(
            &self,
            _operation: &dyn AnyOperation,
            _scene: &mut Scene,
        ) -> Result<Box<dyn Any + Send>, Failure> {
            Err(Failure::Denied)
        }

        fn denied(&self, _operation: &'static str, _words: &str, _denial: &Denial) {}
    }

    impl Performer for Echo {
        fn perform<'a>(
            &'a mut self,
            operation: Box<dyn AnyOperation>,
        ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, Failure>> {
            let path = operation.as_any().downcast_ref::<ReadFile>().unwrap();
            let answer = match path.path.as_str() {
                "gone" => Err(Failure::NotFound),
                "broken" => Err(Failure::Fault("the disk".to_owned())),
                "away" => Err(Failure::Unavailable("/secret/place".to_owned())),
                path => Ok(Box::new(path.as_bytes().to_vec()) as Box<dyn Any + Send>),
            };
            async { answer }.boxed()
        }
    }

    fn operations() -> Operations {
        let mut operations = Operations::default();
        operations.attempted::<ReadFile>();
        operations
    }

    async fn read(path: &str) -> Answered {
        let path = path.to_owned();
        let bytes = encode(&ReadFile { path }).unwrap();
        let mut waist = Waist::there(Box::new(Echo));
        let answered = operations()
            .answer(&mut waist, "read-file.read", &bytes)
            .await;
        answered.unwrap().unwrap()
    }

    #[tokio::test]
    async fn an_operation_and_its_reply_are_the_same_after_their_way() {
        let answered = read("a/b").await;
        assert_eq!(reply_of::<ReadFile>(&answered.bytes), Ok(b"a/b".to_vec()));
        assert_eq!(answered.fault, None);
        let gone = read("gone").await;
        assert_eq!(reply_of::<ReadFile>(&gone.bytes), Err(Failure::NotFound));
    }

    #[tokio::test]
    async fn texts_for_operators_stay_on_this_side() {
        for path in ["broken", "away"] {
            let answered = read(path).await;
            assert!(reply_of::<ReadFile>(&answered.bytes).is_err());
            let sent = String::from_utf8_lossy(&answered.bytes).into_owned();
            assert!(!sent.contains("disk") && !sent.contains("secret"), "{sent}");
        }
        assert_eq!(read("broken").await.fault.as_deref(), Some("the disk"));
    }

    #[tokio::test]
    async fn nothing_is_read_for_whom_no_host_call_is_left() {
        let limits = Limits {
            host_calls: 0,
            ..Limits::default()
        };
        let grant = resolve(&Manifest::new(), Rules::none(Source::Code).into());
        let mut waist = Waist::performed_by(grant, limits, std::sync::Arc::new(Nobody)).unwrap();
        // It cannot be read, and is not tried.
        let answered = operations()
            .answer(&mut waist, "read-file.read", &[2, 0xff, 0xfe])
            .await;
        let answered = answered.unwrap().unwrap();
        let limit = Failure::Limit(Limit::HostCalls);
        assert_eq!(reply_of::<ReadFile>(&answered.bytes), Err(limit));
    }

    #[tokio::test]
    async fn what_is_not_the_operation_is_refused_whole() {
        let mut waist = Waist::there(Box::new(Echo));
        let mut bytes = encode(&ReadFile { path: "a".into() }).unwrap();
        bytes.push(0);
        // Too long, too short, a length that is not there, text that is none.
        for wrong in [&bytes[..], &[], &[200, 255, 255, 255, 15], &[2, 0xff, 0xfe]] {
            let answered = operations()
                .answer(&mut waist, "read-file.read", wrong)
                .await;
            assert!(matches!(answered, Some(Err(Unreadable))), "{wrong:?}");
        }
        let unknown = operations()
            .answer(&mut waist, "write-file.write", &[])
            .await;
        assert!(unknown.is_none());
    }

    #[test]
    fn bytes_are_sent_as_a_sequence_of_them_would_be() {
        for bytes in [vec![], vec![0, 127, 128, 255], vec![7; 5000]] {
            let answer: Result<Vec<u8>, Failure> = Ok(bytes);
            let sent = encode_answer(&answer).unwrap();
            assert_eq!(sent, encode(&answer).unwrap());
            assert_eq!(decode_answer(&sent), Ok(answer));
            assert_eq!(
                decode_answer::<Vec<u8>>(&[&sent[..], &[0]].concat()),
                Err(Unreadable)
            );
        }
        let gone: Result<Vec<u8>, Failure> = Err(Failure::NotFound);
        let sent = encode_answer(&gone).unwrap();
        assert_eq!(sent, encode(&gone).unwrap());
        assert_eq!(decode_answer(&sent), Ok(gone));
        // Any other reply goes its own way.
        let sent = encode_answer::<Vec<u16>>(&Ok(vec![300])).unwrap();
        assert_eq!(decode_answer::<Vec<u16>>(&sent), Ok(Ok(vec![300])));
    }
}
