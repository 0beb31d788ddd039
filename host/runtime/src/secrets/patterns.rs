//! The forms in which a secret is looked for.
//!
//! As it is, reversed, in hexadecimal digits, in base64 (both alphabets, at each of the three places where it can begin within a group of bytes), and as URLs, JSON and HTML
//! write what is special in it; texts with other escapes, and digits with line breaks between them, are left to [`super::loose`]. Letters are compared without regard to case, which covers both spellings of hexadecimal digits and a server that writes all in capitals.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// One form of a secret.
pub(super) type Form = Zeroizing<Vec<u8>>;

/// Every form of these bytes, each once, in lower case.
pub(super) fn forms(secret: &[u8]) -> Vec<Form> {
    let mut forms = written(secret);
    forms.extend(spread(secret));
    let escapes: [fn(u8, &mut Vec<u8>); 6] = [
        url_component,
        url_form,
        url_loose,
        json,
        json_with_slashes,
        html,
    ];
    forms.extend(escapes.map(|escape| each(secret, escape)));
    once(forms)
}

/// The forms of a text, each of whose characters may be written with an escape.
pub(super) fn written(secret: &[u8]) -> Vec<Form> {
    once(vec![
        Form::new(secret.to_vec()),
        Form::new(secret.iter().rev().copied().collect()),
    ])
}

/// The forms that may go over several lines.
pub(super) fn spread(secret: &[u8]) -> Vec<Form> {
    let mut forms = vec![each(secret, hexadecimal)];
    for start in 0..3 {
        forms.push(base64_within(secret, start, &STANDARD_NO_PAD));
        forms.push(base64_within(secret, start, &URL_SAFE_NO_PAD));
    }
    once(forms)
}

/// Each of them once, in lower case.
fn once(mut forms: Vec<Form>) -> Vec<Form> {
    for form in &mut forms {
        form.make_ascii_lowercase();
    }
    forms.sort_by(|one, other| one.as_slice().cmp(other.as_slice()));
    forms.dedup_by(|one, other| one.as_slice() == other.as_slice());
    forms
}

/// Each byte, written by `write`. The room is taken at once, so that no part of it is left behind by a growing buffer.
fn each(secret: &[u8], write: impl Fn(u8, &mut Vec<u8>)) -> Form {
    let mut form = Form::new(Vec::with_capacity(secret.len() * 6));
    for byte in secret {
        write(*byte, &mut form);
    }
    form
}

/// The characters that say nothing but what the secret's bytes are, where it begins `start` bytes into a group of three.
fn base64_within(secret: &[u8], start: usize, alphabet: &base64::engine::GeneralPurpose) -> Form {
    let mut bytes = Form::new(vec![0; start + secret.len()]);
    if let Some(place) = bytes.get_mut(start..) {
        place.copy_from_slice(secret);
    }
    let text = Zeroizing::new(alphabet.encode(bytes.as_slice()));
    // A character has six bits: those that hold a bit of a neighbour are left out.
    let from = (start * 8).div_ceil(6);
    let to = bytes.len() * 8 / 6;
    let known = text.as_bytes().get(from..to).unwrap_or_default();
    Form::new(known.to_vec())
}

fn hexadecimal(byte: u8, form: &mut Vec<u8>) {
    form.extend([digit(byte >> 4), digit(byte & 15)]);
}

fn digit(value: u8) -> u8 {
    match value {
        0..=9 => b'0' + value,
        _ => b'a' + (value - 10),
    }
}

fn percent(byte: u8, form: &mut Vec<u8>) {
    form.push(b'%');
    hexadecimal(byte, form);
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// RFC 3986: everything but what is unreserved.
fn url_component(byte: u8, form: &mut Vec<u8>) {
    match is_unreserved(byte) {
        true => form.push(byte),
        false => percent(byte, form),
    }
}

/// The same as forms send it: a space is a plus.
fn url_form(byte: u8, form: &mut Vec<u8>) {
    match byte {
        b' ' => form.push(b'+'),
        b'*' => form.push(byte),
        b'~' => percent(byte, form),
        byte => url_component(byte, form),
    }
}

/// Only what cannot stand in a URL at all.
fn url_loose(byte: u8, form: &mut Vec<u8>) {
    match byte.is_ascii_graphic() && !b"\"<>\\^`{|}%".contains(&byte) {
        true => form.push(byte),
        false => percent(byte, form),
    }
}

fn json(byte: u8, form: &mut Vec<u8>) {
    match byte {
        b'"' | b'\\' => form.extend([b'\\', byte]),
        b'\t' => form.extend(b"\\t"),
        byte => form.push(byte),
    }
}

fn json_with_slashes(byte: u8, form: &mut Vec<u8>) {
    match byte {
        b'/' => form.extend(b"\\/"),
        byte => json(byte, form),
    }
}

fn html(byte: u8, form: &mut Vec<u8>) {
    match byte {
        b'&' => form.extend(b"&amp;"),
        b'<' => form.extend(b"&lt;"),
        b'>' => form.extend(b"&gt;"),
        b'"' => form.extend(b"&quot;"),
        b'\'' => form.extend(b"&#39;"),
        byte => form.push(byte),
    }
}
