//! What the operations of HTTP do.

use bailiwick_policy::{HttpTarget, Permit, UseSecret};
use http::HeaderMap;

use super::journey::{
    Arrival, Journey, Luggage, Named, Under, begin, first_injection, recorded_injection,
};
use super::operations::{
    Description, FinishBody, Get, Head, LookAtHead, OpenGet, OpenRequest, ReadBody, Response,
    SendRequest, Upload, WriteBody,
};
use super::transport::{Answer, Error, Exchange, Headers, Invalid, Outbound, Payload};
use crate::waist::{Failure, Handle, HandleId, Meter, Operation, Scene};

/// Bytes that are read at once for a whole answer.
const PIECE_BYTES: usize = 64 * 1024;

/// Where a secret was found, for the trail.
const HEADER: &str = "a header of an answer";
const BODY: &str = "the body of an answer";

/// A request whose body is being sent, then its answer.
struct OpenExchange {
    stage: Stage,
    url: String,
    bytes: u64,
    /// Bytes of the body that are read and not yet given to the tool.
    ready: Vec<u8>,
    /// The hosts that the pieces of the body count for, and what the rule lets them get.
    budget: (String, Option<u64>),
}

enum Stage {
    Sending(Box<Exchange>),
    Receiving(Box<Answer>, Head),
    /// The body was ended, and no answer came.
    Over,
    /// A secret was in the answer, and refused it.
    Refused,
}

impl Handle for OpenExchange {
    fn bytes(&self) -> u64 {
        self.bytes
    }
}

pub(super) async fn get(
    operation: Get,
    permit: Permit<HttpTarget>,
    scene: &mut Scene,
) -> Result<Response, Failure> {
    drop(operation);
    let arrival = bare(Get::NAME).travel(permit, scene).await?;
    whole(arrival, scene).await
}

pub(super) async fn open_get(
    operation: OpenGet,
    permit: Permit<HttpTarget>,
    scene: &mut Scene,
) -> Result<HandleId, Failure> {
    drop(operation);
    scene.handles.room()?;
    let arrival = bare(OpenGet::NAME).travel(permit, scene).await?;
    keep(arrival, scene)
}

pub(super) async fn send(
    operation: SendRequest,
    permit: Permit<HttpTarget>,
    scene: &mut Scene,
) -> Result<Response, Failure> {
    let journey = described(SendRequest::NAME, operation.request, scene)?;
    let arrival = journey.travel(permit, scene).await?;
    whole(arrival, scene).await
}

pub(super) async fn open(
    operation: OpenRequest,
    permit: Permit<HttpTarget>,
    scene: &mut Scene,
) -> Result<HandleId, Failure> {
    scene.handles.room()?;
    let journey = described(OpenRequest::NAME, operation.request, scene)?;
    let arrival = journey.travel(permit, scene).await?;
    keep(arrival, scene)
}

pub(super) async fn upload(
    operation: Upload,
    permit: Permit<HttpTarget>,
    scene: &mut Scene,
) -> Result<HandleId, Failure> {
    scene.handles.room()?;
    if operation.request.body.is_some() {
        return Err(Failure::Invalid(
            "the request has a body already".to_owned(),
        ));
    }
    let named = named(&operation.request, scene)?;
    let injected = first_injection(named.as_ref(), &permit, scene)?;
    let outbound = Outbound {
        secret: recorded_injection(injected, permit.target(), scene)?,
        headers: checked(&operation.request.headers)?,
        payload: operation.length.map_or(Payload::Chunked, Payload::Sized),
    };
    let target = permit.target();
    let url = target.url().to_string();
    let budget = (target.pool().into_owned(), target.max_egress());
    let exchange = begin(Upload::NAME, permit, outbound, scene).await?;
    let stage = Stage::Sending(Box::new(exchange));
    scene.handles.insert(OpenExchange {
        stage,
        url,
        bytes: 0,
        ready: Vec::new(),
        budget,
    })
}

pub(super) async fn write_body(operation: WriteBody, scene: &mut Scene) -> Result<(), Failure> {
    let bytes = operation.bytes.len() as u64;
    scene.meter.carry(bytes)?;
    let open = scene.handles.get_mut::<OpenExchange>(operation.outgoing)?;
    let (pool, most) = &open.budget;
    scene.meter.egress(pool, bytes, *most)?;
    scene.meter.http_sent(bytes)?;
    let open = scene.handles.get_mut::<OpenExchange>(operation.outgoing)?;
    let Stage::Sending(exchange) = &mut open.stage else {
        return Err(wrong_stage());
    };
    exchange.write(operation.bytes.into()).await?;
    open.bytes += bytes;
    Ok(())
}

pub(super) async fn finish_body(
    operation: FinishBody,
    scene: &mut Scene,
) -> Result<HandleId, Failure> {
    let open = scene.handles.get_mut::<OpenExchange>(operation.outgoing)?;
    let Stage::Sending(exchange) = std::mem::replace(&mut open.stage, Stage::Over) else {
        return Err(wrong_stage());
    };
    let url = std::mem::take(&mut open.url);
    let finished = match exchange.finish().await {
        Ok(answer) => head(&answer, url, scene).map(|head| (answer, head)),
        Err(error) => Err(error.into()),
    };
    match finished {
        Ok((answer, head)) => {
            let open = scene.handles.get_mut::<OpenExchange>(operation.outgoing)?;
            open.stage = Stage::Receiving(Box::new(answer), head);
            Ok(operation.outgoing)
        }
        Err(failure) => {
            scene.close_after(operation.outgoing, &failure)?;
            Err(failure)
        }
    }
}

pub(super) async fn look_at_head(
    operation: LookAtHead,
    scene: &mut Scene,
) -> Result<Head, Failure> {
    let open = scene.handles.get_mut::<OpenExchange>(operation.incoming)?;
    match &open.stage {
        Stage::Receiving(_, head) => Ok(head.clone()),
        Stage::Refused => Err(Failure::Secret),
        Stage::Sending(_) | Stage::Over => Err(wrong_stage()),
    }
}

pub(super) async fn read_body(operation: ReadBody, scene: &mut Scene) -> Result<Vec<u8>, Failure> {
    scene.meter.carry(u64::from(operation.max))?;
    let open = scene.handles.get_mut::<OpenExchange>(operation.incoming)?;
    match &open.stage {
        Stage::Receiving(..) => {}
        Stage::Refused => return Err(Failure::Secret),
        Stage::Sending(_) | Stage::Over => return Err(wrong_stage()),
    }
    let (incoming, max) = (operation.incoming, operation.max as usize);
    // A piece of which all is held back is no end: the next one tells what it is.
    while max > 0 && ready(incoming, scene)?.is_empty() {
        if !read_on(incoming, max, scene).await? {
            break;
        }
    }
    let ready = ready(incoming, scene)?;
    let rest = ready.split_off(ready.len().min(max));
    Ok(std::mem::replace(ready, rest))
}

fn ready(incoming: HandleId, scene: &mut Scene) -> Result<&mut Vec<u8>, Failure> {
    let open = scene.handles.get_mut::<OpenExchange>(incoming)?;
    Ok(&mut open.ready)
}

/// Reads the next piece, and gets ready what of it can pass. False at the end.
async fn read_on(incoming: HandleId, max: usize, scene: &mut Scene) -> Result<bool, Failure> {
    let open = scene.handles.get_mut::<OpenExchange>(incoming)?;
    let Stage::Receiving(answer, _) = &mut open.stage else {
        return Err(wrong_stage());
    };
    let piece = receive(answer, max, &mut scene.meter).await?;
    open.bytes += piece.len() as u64;
    let more = !piece.is_empty();
    let clear = match more {
        true => scene.clear_piece(BODY, incoming, piece.into()),
        false => scene.clear_end(BODY, incoming),
    };
    if clear.is_err() {
        // What comes behind a secret that was refused is not to be read either.
        let open = scene.handles.get_mut::<OpenExchange>(incoming)?;
        open.stage = Stage::Refused;
    }
    *ready(incoming, scene)? = clear?;
    Ok(more)
}

/// A GET with nothing of the tool's but the URL.
fn bare(operation: &'static str) -> Journey {
    let luggage = Luggage {
        headers: Headers::default(),
        body: None,
    };
    Journey {
        operation,
        under: Under::HttpGet,
        luggage,
        secret: None,
    }
}

fn described(
    operation: &'static str,
    request: Description,
    scene: &mut Scene,
) -> Result<Journey, Failure> {
    let bytes = request.body.as_ref().map_or(0, Vec::len);
    scene.meter.carry(bytes as u64)?;
    let secret = named(&request, scene)?;
    let luggage = Luggage {
        headers: checked(&request.headers)?,
        body: request.body.map(Into::into),
    };
    Ok(Journey {
        operation,
        under: Under::HttpRequest,
        luggage,
        secret,
    })
}

/// The secret that is attached to a request, decided now: the description is the guest's.
fn named(request: &Description, scene: &mut Scene) -> Result<Option<Named>, Failure> {
    let Some(name) = &request.secret else {
        return Ok(None);
    };
    scene
        .decide("secret.attach", UseSecret { name }, name)
        .map(Some)
}

fn checked(pairs: &[(String, String)]) -> Result<Headers, Failure> {
    Headers::from_pairs(pairs).map_err(|invalid| Error::from(invalid).into())
}

async fn whole(arrival: Arrival, scene: &mut Scene) -> Result<Response, Failure> {
    let Arrival {
        mut answer, url, ..
    } = arrival;
    let announced = answer.announced().unwrap_or(0);
    scene.meter.carry(announced)?;
    let mut body = Vec::new();
    loop {
        let piece = receive(&mut answer, PIECE_BYTES, &mut scene.meter).await?;
        if piece.is_empty() {
            let head = head(&answer, url.to_string(), scene)?;
            scene.clear(BODY, &mut body)?;
            return Ok(Response { head, body });
        }
        scene.meter.carry((body.len() + piece.len()) as u64)?;
        body.extend_from_slice(&piece);
    }
}

/// Reads a piece and counts it.
async fn receive(
    answer: &mut Answer,
    max: usize,
    meter: &mut Meter,
) -> Result<bytes::Bytes, Failure> {
    // Where nothing is left, one byte tells whether there is more.
    let room = usize::try_from(meter.http_left())
        .unwrap_or(usize::MAX)
        .max(1);
    let piece = answer.read(max.min(room)).await?;
    meter.http_received(piece.len() as u64)?;
    Ok(piece)
}

fn keep(arrival: Arrival, scene: &mut Scene) -> Result<HandleId, Failure> {
    let head = head(&arrival.answer, arrival.url.to_string(), scene)?;
    let id = scene.handles.insert(OpenExchange {
        stage: Stage::Receiving(Box::new(arrival.answer), head),
        url: String::new(),
        bytes: 0,
        ready: Vec::new(),
        budget: (String::new(), None),
    })?;
    scene.leads_to(id, arrival.attempt);
    Ok(id)
}

/// What an answer begins with, without a secret in it.
fn head(answer: &Answer, url: String, scene: &mut Scene) -> Result<Head, Failure> {
    let mut headers = text_headers(answer.headers());
    for (name, value) in &mut headers {
        scene.clear_text(HEADER, name)?;
        scene.clear_text(HEADER, value)?;
    }
    Ok(Head {
        status: answer.status(),
        url,
        headers,
    })
}

/// Headers whose value is UTF-8: a guest takes them as strings.
fn text_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let texts = headers.iter().filter_map(|(name, value)| {
        let value = std::str::from_utf8(value.as_bytes()).ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    texts.collect()
}

/// The types of the guest's handles make this impossible.
fn wrong_stage() -> Failure {
    Failure::Fault("a handle of HTTP is used for what it is not".to_owned())
}

/// What is wrong with a request is said in the same words wherever it is noticed.
impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Self {
        Error::from(invalid).into()
    }
}
