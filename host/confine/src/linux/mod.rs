//! The pieces as Linux has them.

mod calls;
mod capabilities;
mod descriptors;
mod limits;
mod namespaces;
mod paths;
mod probe;
mod raw;
mod server;
mod threads;
mod worker;

pub(crate) use capabilities::without_frame_numbers;
pub(crate) use descriptors::close_inherited;
pub(crate) use probe::probe;
pub(crate) use server::confine as confine_server;
pub(crate) use worker::{
    Narrowed, Sealed, enter as enter_worker, narrow as narrow_worker, seal as seal_worker,
};
