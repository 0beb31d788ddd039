//! A host that is made to be weak: the same interfaces, with each mistake that an advisory is about.
//!
//! Components run on the same engine, so that what differs is the host. It believes what it is told, looks at names and not
//! at files, asks twice, follows where it is led, keeps what it has, waits without end and unwraps what comes back.

mod files;
mod http;
mod path;
mod policy;
mod run;
mod state;
mod url;

pub(crate) use run::main;
