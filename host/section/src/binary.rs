//! A custom section in the binary format: id 0, a size, a name, the bytes.

/// Appends a custom section. It may stand anywhere at the top level of a component, so the end is right for all.
pub(crate) fn append_custom_section(component: &mut Vec<u8>, name: &str, bytes: &[u8]) {
    let mut section = Vec::with_capacity(name.len() + bytes.len() + 8);
    push_leb128(&mut section, name.len());
    section.extend_from_slice(name.as_bytes());
    section.extend_from_slice(bytes);

    component.push(0);
    push_leb128(component, section.len());
    component.extend_from_slice(&section);
}

/// Unsigned LEB128: seven bits a byte, lowest first, the top bit set on all but the last.
fn push_leb128(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}
