//! Values between callers and tools: the shapes of functions, JSON and WAVE both ways, JSON Schema.
//!
//! Callers speak JSON (agents) or WAVE (people at a terminal), tools speak WIT types. A [`Signature`] is read from the component once, at
//! load; a call's text becomes [`Arguments`] and its result text again, without the engine, a store or an intermediate tree.
//!
//! | WIT | JSON in | JSON out |
//! |---|---|---|
//! | `bool` | `true`, `false` | the same |
//! | `s8` … `u32` | integer | the same |
//! | `s64`, `u64` | integer, or its decimal digits in a string | integer up to ±(2^53 - 1), a string beyond |
//! | `f32`, `f64` | number, `"NaN"`, `"Infinity"`, `"-Infinity"` | the same |
//! | `char` | string of one character | the same |
//! | `string` | string | the same |
//! | `list<u8>` | base64 with padding, or `{"text": "…"}` for the bytes of that text in UTF-8 | base64 |
//! | `list<T>`, `tuple<…>` | array | the same |
//! | `record` | object; fields that are options may be left out | object, every field, in declared order |
//! | `variant` | `{"case": value}`, or `"case"` where it carries nothing | the same |
//! | `enum` | string | the same |
//! | `option<T>` | `null` or the value | the same |
//! | `option<option<T>>` | `null` or `{"some": …}` | the same |
//! | `result<T, E>` | `{"ok": …}` or `{"err": …}`, `null` where it carries nothing | the same; at the top `err` is the tool's error |
//! | `flags` | array of names, each once | the same, in declared order |
//! | `map<string, T>` | object | the same |
//! | `map<K, V>` | array of `[key, value]` | the same |
//! | `borrow<reader>`, `borrow<writer>` | the path of a file, a string | never |

mod answer;
mod arguments;
mod error;
mod flat;
mod json_parts;
mod json_reader;
mod json_value;
mod names;
mod schema;
mod shape;
mod signature;
mod wave_reader;
mod wave_writer;

pub use answer::{Answer, AnswerError, Outcome};
pub use arguments::{Arguments, HandleCount, HandleRequest, TEXT_BYTES_MAX, VALUES_BYTES_MAX};
pub use error::ArgumentError;
pub(crate) use flat::{FlatSignature, Malformed};
pub use names::Named;
pub use schema::{Docs, NoDocs};
pub use shape::{Float, HandleKind, Integer, Shape};
pub use signature::{NotCallable, SHAPE_DEPTH_MAX, SHAPES_BYTES_MAX, Signature, SignatureReader};

#[cfg(test)]
mod tests;
