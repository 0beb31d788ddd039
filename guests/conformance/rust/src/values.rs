//! Values of every type: what comes in goes out.

use crate::Tool;
use crate::exports::bailiwick::conformance::values::{Colour, Guest, Permissions, Place, Shape};

macro_rules! echoes {
    ($($name:ident: $type:ty,)*) => {
        $(fn $name(value: $type) -> $type {
            value
        })*
    };
}

impl Guest for Tool {
    echoes! {
        echo_bool: bool,
        echo_u8: u8,
        echo_u16: u16,
        echo_u32: u32,
        echo_u64: u64,
        echo_s8: i8,
        echo_s16: i16,
        echo_s32: i32,
        echo_s64: i64,
        echo_f32: f32,
        echo_f64: f64,
        echo_char: char,
        echo_string: String,
        echo_bytes: Vec<u8>,
        echo_strings: Vec<String>,
        echo_matrix: Vec<Vec<i64>>,
        echo_place: Place,
        echo_tuple: (u8, String, (bool, char)),
        echo_shape: Shape,
        echo_shapes: Vec<Shape>,
        echo_colour: Colour,
        echo_permissions: Permissions,
        echo_option: Option<u32>,
        echo_option_option: Option<Option<String>>,
        echo_results: Vec<Result<u32, String>>,
        echo_bare_results: Vec<Result<(), ()>>,
    }

    fn echo_several(
        number: i64,
        text: String,
        maybe: Option<Colour>,
        bytes: Vec<u8>,
    ) -> (i64, String, Option<Colour>, Vec<u8>) {
        (number, text, maybe, bytes)
    }

    fn nothing() {}
}
