//! The probe of values: what comes in goes out, so that a test sees both ways of every type.

use exports::probe::values::echo::{
    Colour, ManyFlags, OddNames, Permissions, Place, Places, Shape,
};
use exports::probe::values::outcome::Failure;
use exports::probe::values::{echo, outcome, size};

wit_bindgen::generate!({ world: "probe:values/probe" });

struct Probe;

export!(Probe);

macro_rules! echoes {
    ($($name:ident: $type:ty,)*) => {
        $(fn $name(value: $type) -> $type {
            value
        })*
    };
}

impl echo::Guest for Probe {
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
        echo_matrix: Vec<Vec<u32>>,
        echo_cube: Vec<Vec<Vec<u8>>>,
        echo_place: Place,
        echo_places: Places,
        echo_odd_names: OddNames,
        echo_tuple: (u8, String, (bool, char)),
        echo_shape: Shape,
        echo_colour: Colour,
        echo_permissions: Permissions,
        echo_many_flags: ManyFlags,
        echo_option: Option<u32>,
        echo_option_option: Option<Option<u32>>,
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

impl outcome::Guest for Probe {
    fn answer(value: Option<String>) -> Result<String, Failure> {
        value.ok_or_else(|| Failure::Because("there is no value".into()))
    }

    fn fail(failure: Failure) -> Result<u32, Failure> {
        Err(failure)
    }

    fn bare(ok: bool) -> Result<(), ()> {
        if ok { Ok(()) } else { Err(()) }
    }

    fn only_error(error: Option<String>) -> Result<(), String> {
        error.map_or(Ok(()), Err)
    }

    fn only_answer(answer: Option<String>) -> Result<String, ()> {
        answer.ok_or(())
    }
}

impl size::Guest for Probe {
    fn bytes(length: u32) -> Vec<u8> {
        (0..length).map(|index| index as u8).collect()
    }

    fn text(text: char, length: u32) -> String {
        std::iter::repeat_n(text, length as usize).collect()
    }

    fn strings(count: u32, length: u32) -> Vec<String> {
        vec!["x".repeat(length as usize); count as usize]
    }

    fn matrix(count: u32, length: u32) -> Vec<Vec<u64>> {
        vec![(0..u64::from(length)).collect(); count as usize]
    }

    fn count_bytes(value: Vec<u8>) -> u64 {
        value.len() as u64
    }

    fn count_strings(value: Vec<String>) -> u64 {
        value.iter().map(|text| text.len() as u64).sum()
    }
}
