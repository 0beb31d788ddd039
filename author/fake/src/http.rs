//! Servers that exist only in memory: what they are asked is held against the exchanges of the world.

use std::sync::Arc;

use bailiwick::capability::http::{
    Description, FinishBody, Get, Head, LookAtHead, OpenGet, OpenRequest, ReadBody,
    Response as Answer, SendRequest, Upload, WriteBody,
};
use bailiwick::policy::{
    Capability, HttpGet, HttpRequest, HttpTarget, HttpUrl, Limit, Limits, Permit, decide_headers,
};
use bailiwick::waist::{Failure, Handle, HandleId, Meter, Operation as _, Scene};

use crate::content::Content;
use crate::record::SentRequest;
use crate::state::State;
use crate::world::Response;

/// Bytes of a body that arrive at once: what a record of TLS carries. A tool that takes one read for the whole is found out.
const PIECE_BYTES: usize = 16 * 1024;

/// Bytes around a name and a value on the wire: `: ` and CR LF.
const HEADER_FRAME_BYTES: u64 = 4;

/// What goes along to another origin.
const CROSSES_ORIGINS: [&str; 3] = ["accept", "content-type", "user-agent"];

/// What an operation asks for, hop after hop.
struct Journey {
    operation: &'static str,
    under: Under,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    secret: Option<String>,
}

/// The capability that every hop is decided under.
#[derive(Clone, Copy)]
enum Under {
    Get,
    Request,
}

/// An answer whose body is read.
struct Arrival {
    response: Arc<Response>,
    body: Content,
    url: HttpUrl,
    position: u64,
}

/// A request whose body is being sent, then its answer.
struct OpenExchange {
    stage: Stage,
    bytes: u64,
}

enum Stage {
    Sending(Sending),
    Receiving(Arrival),
    /// The body was ended, and no answer came.
    Over,
}

struct Sending {
    /// Its place among the requests that were sent.
    place: usize,
    left: Option<u64>,
    arrival: Result<Arrival, Failure>,
    /// The hosts that the body counts for, and what the rule lets them get.
    budget: (String, Option<u64>),
}

struct Redirect {
    location: String,
    method: String,
    drops_body: bool,
}

impl Handle for OpenExchange {
    fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl State {
    pub(crate) fn get(
        &mut self,
        _: &Get,
        permit: &Permit<HttpTarget>,
        scene: &mut Scene,
    ) -> Result<Answer, Failure> {
        let arrival = self.travel(bare(Get::NAME), permit, scene)?;
        whole(arrival, &mut scene.meter)
    }

    pub(crate) fn open_get(
        &mut self,
        _: &OpenGet,
        permit: &Permit<HttpTarget>,
        scene: &mut Scene,
    ) -> Result<HandleId, Failure> {
        scene.handles.room()?;
        let arrival = self.travel(bare(OpenGet::NAME), permit, scene)?;
        keep(arrival, scene)
    }

    pub(crate) fn send(
        &mut self,
        operation: &SendRequest,
        permit: &Permit<HttpTarget>,
        scene: &mut Scene,
    ) -> Result<Answer, Failure> {
        let mut journey = described(SendRequest::NAME, &operation.request, scene)?;
        journey.secret = self.attached(&operation.request, scene)?;
        let arrival = self.travel(journey, permit, scene)?;
        whole(arrival, &mut scene.meter)
    }

    pub(crate) fn open_request(
        &mut self,
        operation: &OpenRequest,
        permit: &Permit<HttpTarget>,
        scene: &mut Scene,
    ) -> Result<HandleId, Failure> {
        scene.handles.room()?;
        let mut journey = described(OpenRequest::NAME, &operation.request, scene)?;
        journey.secret = self.attached(&operation.request, scene)?;
        let arrival = self.travel(journey, permit, scene)?;
        keep(arrival, scene)
    }

    pub(crate) fn upload(
        &mut self,
        operation: &Upload,
        permit: &Permit<HttpTarget>,
        scene: &mut Scene,
    ) -> Result<HandleId, Failure> {
        scene.handles.room()?;
        if operation.request.body.is_some() {
            return Err(Failure::Invalid(
                "the request has a body already".to_owned(),
            ));
        }
        let journey = Journey {
            operation: Upload::NAME,
            under: Under::Request,
            headers: operation.request.headers.clone(),
            body: None,
            secret: self.attached(&operation.request, scene)?,
        };
        let arrival = self.reach(&journey, permit, scene)?;
        scene.handles.insert(OpenExchange {
            stage: Stage::Sending(Sending {
                place: self.sent.len().saturating_sub(1),
                left: operation.length,
                arrival: check_size(arrival, permit),
                budget: (
                    permit.target().pool().into_owned(),
                    permit.target().max_egress(),
                ),
            }),
            bytes: 0,
        })
    }

    pub(crate) fn write_body(
        &mut self,
        operation: &WriteBody,
        scene: &mut Scene,
    ) -> Result<(), Failure> {
        let bytes = operation.bytes.len() as u64;
        scene.meter.carry(bytes)?;
        let open = scene.handles.get_mut::<OpenExchange>(operation.outgoing)?;
        if let Stage::Sending(sending) = &open.stage {
            let (pool, most) = &sending.budget;
            scene.meter.egress(pool, bytes, *most)?;
        }
        scene.meter.http_sent(bytes)?;
        let open = scene.handles.get_mut::<OpenExchange>(operation.outgoing)?;
        let Stage::Sending(sending) = &mut open.stage else {
            return Err(wrong_stage());
        };
        if let Some(left) = sending.left {
            let too_long =
                || Failure::Invalid("more bytes were written than the announced length".to_owned());
            sending.left = Some(left.checked_sub(bytes).ok_or_else(too_long)?);
        }
        if let Some(sent) = self.sent.get_mut(sending.place) {
            sent.body.extend_from_slice(&operation.bytes);
        }
        open.bytes += bytes;
        Ok(())
    }

    pub(crate) fn finish_body(
        &mut self,
        operation: &FinishBody,
        scene: &mut Scene,
    ) -> Result<HandleId, Failure> {
        let open = scene.handles.get_mut::<OpenExchange>(operation.outgoing)?;
        let Stage::Sending(sending) = std::mem::replace(&mut open.stage, Stage::Over) else {
            return Err(wrong_stage());
        };
        let arrival = match sending.left {
            Some(left) if left > 0 => Err(Failure::Invalid(
                "fewer bytes were written than the announced length".to_owned(),
            )),
            Some(_) | None => sending.arrival,
        };
        match arrival {
            Ok(arrival) => {
                open.stage = Stage::Receiving(arrival);
                Ok(operation.outgoing)
            }
            Err(failure) => {
                scene.close_after(operation.outgoing, &failure)?;
                Err(failure)
            }
        }
    }

    pub(crate) fn look_at_head(
        &mut self,
        operation: &LookAtHead,
        scene: &mut Scene,
    ) -> Result<Head, Failure> {
        let open = scene.handles.get_mut::<OpenExchange>(operation.incoming)?;
        match &open.stage {
            Stage::Receiving(arrival) => Ok(arrival.head()),
            Stage::Sending(_) | Stage::Over => Err(wrong_stage()),
        }
    }

    pub(crate) fn read_body(
        &mut self,
        operation: &ReadBody,
        scene: &mut Scene,
    ) -> Result<Vec<u8>, Failure> {
        scene.meter.carry(u64::from(operation.max))?;
        let open = scene.handles.get_mut::<OpenExchange>(operation.incoming)?;
        let Stage::Receiving(arrival) = &mut open.stage else {
            return Err(wrong_stage());
        };
        let piece = arrival.receive(operation.max as usize, &mut scene.meter)?;
        open.bytes += piece.len() as u64;
        Ok(piece)
    }

    /// Sends the request and follows where the answers lead.
    fn travel(
        &mut self,
        mut journey: Journey,
        permit: &Permit<HttpTarget>,
        scene: &mut Scene,
    ) -> Result<Arrival, Failure> {
        let mut arrival = self.hop(&journey, permit, scene)?;
        let mut next = redirect(&arrival.response, permit.target().method())?;
        for _ in 0..Limits::REDIRECTS {
            let Some(redirect_to) = next else {
                return Ok(arrival);
            };
            (arrival, journey) = self.follow(&redirect_to, &arrival.url, journey, scene)?;
            next = redirect(&arrival.response, &redirect_to.method)?;
        }
        match next {
            None => Ok(arrival),
            Some(_) => Err(Failure::Limit(Limit::Redirects)),
        }
    }

    /// A redirect: an attempt of its own.
    fn follow(
        &mut self,
        redirect: &Redirect,
        from: &HttpUrl,
        journey: Journey,
        scene: &mut Scene,
    ) -> Result<(Arrival, Journey), Failure> {
        let url = &from.redirect(&redirect.location);
        let method = redirect.method.as_str();
        let (operation, under) = (journey.operation, journey.under);
        let permit = match under {
            Under::Get => scene.decide(operation, HttpGet { url }, url)?,
            Under::Request => {
                let words = format!("{method} {url}");
                scene.decide(operation, HttpRequest { method, url }, &words)?
            }
        };
        let journey = journey.after(redirect, from, permit.target().url());
        let words = match under {
            Under::Get => permit.target().url().to_string(),
            Under::Request => format!("{method} {}", permit.target().url()),
        };
        let capability = under.capability();
        let place = self.record.begin(capability.clone(), operation, &words);
        scene.begin_effect(operation, under.key(), &words, Some(permit.rule().clone()))?;
        let arrived = self
            .fault(Some(&capability), operation)
            .and_then(|()| self.hop(&journey, &permit, scene));
        self.record.end(place, arrived.as_ref().err());
        scene.end_effect(0, arrived.as_ref().err())?;
        Ok((arrived?, journey))
    }

    fn hop(
        &mut self,
        journey: &Journey,
        permit: &Permit<HttpTarget>,
        scene: &mut Scene,
    ) -> Result<Arrival, Failure> {
        let arrival = self.reach(journey, permit, scene)?;
        check_size(arrival, permit)
    }

    /// Counts and sends one request: the outer error is before it is sent.
    fn reach(
        &mut self,
        journey: &Journey,
        permit: &Permit<HttpTarget>,
        scene: &mut Scene,
    ) -> Result<Arrival, Failure> {
        scene.meter.request_egress(
            permit.target(),
            journey.header_bytes(),
            journey.body_bytes(),
        )?;
        scene.meter.http_request()?;
        scene
            .meter
            .http_sent(journey.chosen_bytes(permit.target().url()))?;
        let names = journey.headers.iter().map(|(name, _)| name.as_str());
        if let Err(denial) = decide_headers(permit, names) {
            return Err(self.deny(scene, journey.operation, denial.attempt(), &denial));
        }
        let target = permit.target();
        let answer = self.answer(target.method(), target.url());
        self.sent.push(SentRequest {
            method: target.method().to_owned(),
            url: target.url().to_string(),
            headers: journey.headers.clone(),
            body: journey.body.clone().unwrap_or_default(),
            secret: journey.secret.clone(),
            expected: answer.is_some(),
        });
        let nobody = || {
            Failure::Unavailable(format!(
                "nobody was made up who answers `{} {}`",
                target.method(),
                target.url()
            ))
        };
        let response = answer.ok_or_else(nobody)??;
        let body = if target.method() == "HEAD" {
            Content::default()
        } else {
            response.body.clone()
        };
        Ok(Arrival {
            response,
            body,
            url: target.url().clone(),
            position: 0,
        })
    }

    /// What the world answers: of several exchanges for this request the first that was not used, or the last.
    fn answer(&mut self, method: &str, url: &HttpUrl) -> Option<Result<Arc<Response>, Failure>> {
        let exchanges = self.world.exchanges.iter().enumerate();
        let fitting =
            exchanges.filter(|(_, exchange)| exchange.method == method && exchange.url == *url);
        let places: Vec<usize> = fitting.map(|(place, _)| place).collect();
        let fresh = places
            .iter()
            .find(|place| self.used.get(**place) == Some(&false));
        let place = *fresh.or(places.last())?;
        if let Some(used) = self.used.get_mut(place) {
            *used = true;
        }
        let answer = &self.world.exchanges.get(place)?.answer;
        Some(answer.clone().map_err(|case| case.failure()))
    }
}

impl Journey {
    /// Bytes that the tool chose: path and query, headers, body. As the host counts them.
    fn chosen_bytes(&self, url: &HttpUrl) -> u64 {
        url.path_and_query().len() as u64 + self.header_bytes() + self.body_bytes()
    }

    fn header_bytes(&self) -> u64 {
        let headers = self.headers.iter();
        headers
            .map(|(name, value)| (name.len() + value.len()) as u64 + HEADER_FRAME_BYTES)
            .sum()
    }

    fn body_bytes(&self) -> u64 {
        self.body.as_ref().map_or(0, Vec::len) as u64
    }

    /// What goes along after a redirect. Credentials never cross origins.
    fn after(mut self, redirect: &Redirect, from: &HttpUrl, to: &HttpUrl) -> Self {
        if redirect.drops_body {
            self.body = None;
            self.headers
                .retain(|(name, _)| !name.starts_with("content-"));
        }
        if from.origin() != to.origin() {
            self.headers
                .retain(|(name, _)| CROSSES_ORIGINS.contains(&name.as_str()));
            self.secret = None;
        }
        self
    }
}

impl Under {
    fn key(self) -> &'static str {
        match self {
            Self::Get => "http-get",
            Self::Request => "http-request",
        }
    }

    fn capability(self) -> Capability {
        match self {
            Self::Get => Capability::HttpGet,
            Self::Request => Capability::HttpRequest,
        }
    }
}

impl Arrival {
    fn head(&self) -> Head {
        Head {
            status: self.response.status,
            url: self.url.to_string(),
            headers: self.response.headers.clone(),
        }
    }

    /// The next piece of the body, counted; empty only at the end.
    fn receive(&mut self, max: usize, meter: &mut Meter) -> Result<Vec<u8>, Failure> {
        // Where nothing is left, one byte tells whether there is more.
        let room = usize::try_from(meter.http_left())
            .unwrap_or(usize::MAX)
            .max(1);
        let mut most = max.min(PIECE_BYTES).min(room);
        if let Some(end) = self.response.breaks_off_after
            && end < self.body.size()
        {
            let left = end.saturating_sub(self.position);
            if left == 0 && most > 0 {
                return Err(Failure::Unavailable("the body broke off".to_owned()));
            }
            most = most.min(usize::try_from(left).unwrap_or(usize::MAX));
        }
        let piece = self.body.read(self.position, most);
        self.position = self.position.saturating_add(piece.len() as u64);
        meter.http_received(piece.len() as u64)?;
        Ok(piece)
    }
}

/// A GET with nothing of the tool's but the URL.
fn bare(operation: &'static str) -> Journey {
    Journey {
        operation,
        under: Under::Get,
        headers: Vec::new(),
        body: None,
        secret: None,
    }
}

fn described(
    operation: &'static str,
    request: &Description,
    scene: &Scene,
) -> Result<Journey, Failure> {
    scene
        .meter
        .carry(request.body.as_ref().map_or(0, Vec::len) as u64)?;
    Ok(Journey {
        operation,
        under: Under::Request,
        headers: request.headers.clone(),
        body: request.body.clone(),
        secret: None,
    })
}

/// Refuses an answer that says that it is larger than its rule permits.
fn check_size(arrival: Arrival, permit: &Permit<HttpTarget>) -> Result<Arrival, Failure> {
    let most = permit.target().max_response();
    if most.is_some_and(|most| arrival.body.size() > most) {
        return Err(Failure::RuleLimit);
    }
    Ok(arrival)
}

fn whole(mut arrival: Arrival, meter: &mut Meter) -> Result<Answer, Failure> {
    meter.carry(arrival.body.size())?;
    let mut body = Vec::new();
    loop {
        let piece = arrival.receive(PIECE_BYTES, meter)?;
        if piece.is_empty() {
            return Ok(Answer {
                head: arrival.head(),
                body,
            });
        }
        body.extend_from_slice(&piece);
    }
}

fn keep(arrival: Arrival, scene: &mut Scene) -> Result<HandleId, Failure> {
    scene.handles.insert(OpenExchange {
        stage: Stage::Receiving(arrival),
        bytes: 0,
    })
}

/// Where an answer leads on, if it does. Fetch: "if one of the following is true: internalResponse's status is 301 or 302
/// and request's method is `POST`; internalResponse's status is 303 and request's method is not `GET` or `HEAD`; then set
/// request's method to `GET` and request's body to null".
fn redirect(response: &Response, method: &str) -> Result<Option<Redirect>, Failure> {
    let to_get = match response.status {
        301 | 302 => method == "POST",
        303 => method != "GET" && method != "HEAD",
        307 | 308 => false,
        _ => return Ok(None),
    };
    let mut locations = response
        .headers
        .iter()
        .filter(|(name, _)| name == "location");
    match (locations.next(), locations.next()) {
        (None, _) => Ok(None),
        (Some((_, location)), None) if location.is_ascii() => Ok(Some(Redirect {
            location: location.clone(),
            method: if to_get { "GET" } else { method }.to_owned(),
            drops_body: to_get,
        })),
        (Some(_), _) => Err(Failure::Unavailable(
            "the answer redirects to a malformed location".to_owned(),
        )),
    }
}

/// The types of the guest's handles make this impossible.
fn wrong_stage() -> Failure {
    Failure::Fault("a handle of HTTP is used for what it is not".to_owned())
}
