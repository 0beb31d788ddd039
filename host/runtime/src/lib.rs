//! .
pub mod audit;

pub mod value;
