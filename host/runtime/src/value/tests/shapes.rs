//! What shapes say about themselves.

use super::*;

#[test]
fn a_signature_reads_like_wit() {
    let params = Named::new([
        ("csv", Shape::Handle(HandleKind::Reader)),
        (
            "rows",
            Shape::list(Shape::Tuple([U32, option(Shape::Char)].into())),
        ),
        ("how", variant(&[("fast", None), ("exact", Some(F64))])),
        ("what", Shape::Flags(names(&["a", "b"]))),
    ]);
    let function = Signature::new(params, Some(result(None, Some(Shape::String))));
    assert_eq!(
        function.to_string(),
        "func(csv: borrow<reader>, rows: list<tuple<u32, option<char>>>, \
         how: variant { fast, exact(f64) }, what: flags { a, b }) -> result<_, string>"
    );
}

#[test]
fn names_are_found_with_right_wrong_and_useless_guesses() {
    let named = Named::new([("b", 0), ("a", 1), ("c", 2)]);
    for guess in 0..5 {
        for (index, name) in named.names().enumerate() {
            assert_eq!(
                named
                    .find(name, guess)
                    .map(|(index, name, _)| (index, name)),
                Some((index, name))
            );
        }
        assert_eq!(named.find("d", guess), None);
        assert_eq!(named.find("", guess), None);
    }
}

#[test]
fn handles_ask_for_their_capability_once_and_wherever_they_stand() {
    let reader = || Shape::Handle(HandleKind::Reader);
    let everywhere = [
        option(reader()),
        Shape::list(reader()),
        Shape::FixedList(Box::new(reader()), 2),
        Shape::Tuple([U8, reader(), reader()].into()),
        record(&[("a", reader())]),
        variant(&[("a", None), ("b", Some(reader()))]),
        result(None, Some(reader())),
        Shape::Map(Box::new(Shape::String), Box::new(reader())),
    ];
    for shape in everywhere {
        assert_eq!(function_of(&shape).asks(), [HandleKind::Reader], "{shape}");
    }
    assert_eq!(function_of(&record(&[("a", U8)])).asks(), []);
}
