//! The worker's end of the waist: an operation goes into the socket, and its reply comes out of it.
//!
//! It blocks: a worker has one call and nothing else to do meanwhile, and the floor's clocks, which cannot wait, are answered like
//! everything else.

use std::sync::Arc;

use bailiwick_policy::{Capability, Limit, Limits};

use super::end::End;
use super::frame;
use super::message::{Begin, FromCall, ToWorker};
use crate::waist::{EngineLeft, Failure, Operation, encode, reply_of};

/// The worker's end of one call's waist.
#[derive(Debug)]
pub(crate) struct Far {
    socket: Arc<End>,
    number: u64,
    limits: Limits,
    clock: bool,
    random: bool,
    left: EngineLeft,
    fuel_left: u64,
    looks: bool,
}

impl Far {
    pub(super) fn new(socket: Arc<End>, begin: &Begin) -> Self {
        let limits = begin.ceilings.limits();
        Self {
            socket,
            number: begin.number,
            fuel_left: limits.fuel,
            left: EngineLeft {
                fuel: limits.fuel,
                memory: limits.memory,
                table_elements: limits.table_elements,
            },
            limits,
            clock: begin.clock,
            random: begin.random,
            looks: begin.looks,
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether the floor's clock and random bytes are the real ones. Nothing else is asked on this side.
    pub(crate) fn grants(&self, capability: &Capability) -> bool {
        match capability {
            Capability::Clock => self.clock,
            Capability::Random => self.random,
            _ => false,
        }
    }

    pub(crate) fn lend_engine(&mut self, left: EngineLeft) {
        self.left = left;
        self.fuel_left = left.fuel;
    }

    pub(crate) fn fuel_left(&self) -> u64 {
        self.fuel_left
    }

    /// Has an operation answered.
    pub(crate) fn ask<O: Operation>(&mut self, operation: &O) -> Result<O::Reply, Failure> {
        let unsent = |_| Failure::Fault(format!("`{}` cannot be sent", O::NAME));
        let bytes = encode(operation).map_err(unsent)?;
        let asked = frame::encode(&FromCall::Asked {
            number: self.number,
            name: O::NAME,
            bytes: &bytes,
            left: self.left,
        });
        let asked = asked.map_err(|error| gone(&error))?;
        if asked.len() > frame::bytes_max(&self.limits) {
            return Err(Failure::Limit(Limit::HostCallBytes));
        }
        self.socket.send(&asked).map_err(|error| gone(&error))?;
        let reply = self.socket.receive(usize::MAX, self.looks);
        let reply = reply.map_err(|error| gone(&error))?;
        match frame::decode(&reply).map_err(|error| gone(&error))? {
            ToWorker::Reply { bytes, fuel_left } => {
                self.fuel_left = fuel_left.unwrap_or(self.fuel_left);
                reply_of::<O>(bytes)
            }
            ToWorker::Begin(_) => Err(Failure::Fault("a call began within a call".to_owned())),
        }
    }
}

fn gone(error: &std::io::Error) -> Failure {
    Failure::Fault(format!("the other side of the wall is gone: {error}"))
}
