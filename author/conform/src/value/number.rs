//! Numbers: the edges of every type, random ones, and smaller ones.

use bailiwick::value::{Float, Integer};
use serde_json::Value;

use super::Random;

/// A number of an integer type. 64 bits beyond 2^53 are whole in JSON text, whatever other readers make of them.
fn whole(number: i128) -> Value {
    match (u64::try_from(number), i64::try_from(number)) {
        (Ok(number), _) => number.into(),
        (Err(_), Ok(number)) => number.into(),
        (Err(_), Err(_)) => 0.into(),
    }
}

/// The extremes of the type and their neighbours; what lies around zero; what is no longer exact as a float.
pub(super) fn integer_edges(kind: Integer) -> Vec<Value> {
    let (least, most) = kind.range();
    let exact = 1 << 53;
    let edges = [
        0,
        1,
        -1,
        most,
        least,
        most - 1,
        least + 1,
        exact,
        exact + 1,
        -exact - 1,
        1 << 31,
        1 << 32,
    ];
    let mut within: Vec<i128> = Vec::new();
    for edge in edges {
        if (least..=most).contains(&edge) && !within.contains(&edge) {
            within.push(edge);
        }
    }
    within.into_iter().map(whole).collect()
}

/// A number of few bits as often as one of many.
pub(super) fn random_integer(kind: Integer, random: &mut Random) -> Value {
    let (least, most) = kind.range();
    let bits = random.below(65);
    let magnitude = if bits == 0 {
        0
    } else {
        i128::from(random.next() >> (64 - bits))
    };
    let number = if least < 0 && random.once_in(2) {
        -magnitude
    } else {
        magnitude
    };
    whole(number.clamp(least, most))
}

/// Nearer to zero, the nearest first.
pub(super) fn smaller_integers(kind: Integer, value: &Value) -> Vec<Value> {
    let (_, most) = kind.range();
    let Some(number) = integer(value) else {
        return Vec::new();
    };
    let mut smaller = Vec::new();
    // The least has no counterpart among the positive ones.
    if number < 0 && -number <= most {
        smaller.push(-number);
    }
    let mut step = number;
    while step != 0 {
        smaller.push(number - step);
        step /= 2;
    }
    smaller.into_iter().map(whole).collect()
}

fn integer(value: &Value) -> Option<i128> {
    let signed = value.as_i64().map(i128::from);
    signed.or_else(|| value.as_u64().map(i128::from))
}

/// Both zeros, both infinities, what is not a number, the smallest and the largest, and what decimal digits cannot hold.
pub(super) fn float_edges(kind: Float) -> Vec<Value> {
    let (most, least_normal, least, step) = match kind {
        Float::F32 => (
            f64::from(f32::MAX),
            f64::from(f32::MIN_POSITIVE),
            f64::from(f32::from_bits(1)),
            f64::from(f32::EPSILON),
        ),
        Float::F64 => (f64::MAX, f64::MIN_POSITIVE, f64::from_bits(1), f64::EPSILON),
    };
    let numbers = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        most,
        -most,
        least_normal,
        least,
        -least,
        1.0 + step,
    ];
    let mut edges: Vec<Value> = numbers.into_iter().map(Value::from).collect();
    edges.extend(["NaN", "Infinity", "-Infinity"].map(Value::from));
    edges
}

/// Any bits: of every exponent as many.
pub(super) fn random_float(kind: Float, random: &mut Random) -> Value {
    let number = match kind {
        // What is cut off is noise as well.
        Float::F32 => f64::from(f32::from_bits(random.next() as u32)),
        Float::F64 => f64::from_bits(random.next()),
    };
    if number.is_nan() {
        "NaN".into()
    } else if number.is_infinite() {
        infinity(number).into()
    } else {
        number.into()
    }
}

fn infinity(number: f64) -> &'static str {
    if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// Rounder and nearer to zero.
pub(super) fn smaller_floats(value: &Value) -> Vec<Value> {
    let Some(number) = value.as_f64() else {
        // Not a number, or infinite: there are numbers.
        return [0.0, 1.0].map(Value::from).into();
    };
    let sign = number.signum();
    let candidates = [
        0.0,
        1.0,
        number.abs(),
        number.trunc(),
        (sign * number.abs().sqrt()).trunc(),
        (number / 2.0).trunc(),
        number / 2.0,
        number - sign,
    ];
    let simpler = candidates.into_iter().filter(|candidate| {
        let same = candidate.to_bits() == number.to_bits();
        !same && weight(*candidate) < weight(number)
    });
    simpler.map(Value::from).collect()
}

/// Zero before whole numbers before others; positive before negative; small before large.
fn weight(number: f64) -> (bool, bool, bool, u64) {
    let magnitude = number.abs();
    (
        number != 0.0,
        magnitude.fract() != 0.0,
        number.is_sign_negative(),
        magnitude.to_bits(),
    )
}
