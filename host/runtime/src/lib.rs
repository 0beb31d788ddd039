//! .
pub mod audit;
