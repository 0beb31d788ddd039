//! WAVE on the command line.

use super::*;

fn read_wave(shape: &Shape, text: &str) -> Result<Val, ArgumentError> {
    let arguments = function_of(shape).arguments_from_wave(&[text])?;
    Ok(arguments.into_vals(&[]).unwrap().remove(0))
}

fn wave(shape: &Shape, value: &Val) -> String {
    let function = Signature::new(Named::new::<&str>([]), Some(shape.clone()));
    function
        .result_to_wave(std::slice::from_ref(value), 1 << 20)
        .unwrap()
}

fn both_ways_in_wave(shape: &Shape, text: &str, value: Val) {
    assert_eq!(
        read_wave(shape, text).as_ref(),
        Ok(&value),
        "reading {text} as {shape}"
    );
    assert_eq!(wave(shape, &value), text, "writing {value:?} of {shape}");
}

#[test]
fn every_type_goes_both_ways() {
    let text = |text: &str| Val::String(text.into());
    both_ways_in_wave(&Shape::Bool, "true", Val::Bool(true));
    both_ways_in_wave(&U64, "18446744073709551615", Val::U64(u64::MAX));
    both_ways_in_wave(&S64, "-9223372036854775808", Val::S64(i64::MIN));
    both_ways_in_wave(&F64, "0.1", Val::Float64(0.1));
    both_ways_in_wave(&F64, "-0", Val::Float64(-0.0));
    both_ways_in_wave(&F64, "nan", Val::Float64(f64::NAN));
    both_ways_in_wave(&F32, "-inf", Val::Float32(f32::NEG_INFINITY));
    both_ways_in_wave(
        &Shape::Char,
        "'\u{10fffd}'".replace('\u{10fffd}', "\\u{10fffd}").as_str(),
        Val::Char('\u{10fffd}'),
    );
    both_ways_in_wave(&Shape::Char, "'\\''", Val::Char('\''));
    both_ways_in_wave(&Shape::String, "\"\"", text(""));
    both_ways_in_wave(
        &Shape::String,
        r#""a\"\n\u{0}\u{202e}é""#,
        text("a\"\n\0\u{202e}é"),
    );
    both_ways_in_wave(
        &Shape::Bytes,
        "[0, 255]",
        Val::List(vec![Val::U8(0), Val::U8(255)]),
    );
    both_ways_in_wave(&Shape::list(U32), "[]", Val::List(vec![]));
    both_ways_in_wave(
        &Shape::FixedList(Box::new(U8), 1),
        "[7]",
        Val::FixedLengthList(vec![Val::U8(7)]),
    );
    both_ways_in_wave(
        &Shape::Tuple([U8, Shape::String].into()),
        "(1, \"a\")",
        Val::Tuple(vec![Val::U8(1), text("a")]),
    );
    both_ways_in_wave(&option(option(U8)), "some(none)", some(NONE));
    both_ways_in_wave(
        &result(None, Some(U8)),
        "err(1)",
        Val::Result(Err(Some(Box::new(Val::U8(1))))),
    );
    both_ways_in_wave(&result(None, Some(U8)), "ok", Val::Result(Ok(None)));
    both_ways_in_wave(
        &Shape::Enum(names(&["a", "none"])),
        "%none",
        Val::Enum("none".into()),
    );
    both_ways_in_wave(
        &variant(&[("some", Some(U8))]),
        "%some(1)",
        Val::Variant("some".into(), Some(Box::new(Val::U8(1)))),
    );
    both_ways_in_wave(
        &Shape::Flags(names(&["a", "true"])),
        "{a, true}",
        Val::Flags(vec!["a".into(), "true".into()]),
    );
    both_ways_in_wave(&Shape::Flags(names(&["a"])), "{}", Val::Flags(vec![]));
    let map = Shape::Map(Box::new(Shape::String), Box::new(U8));
    both_ways_in_wave(
        &map,
        "[(\"a\", 1)]",
        Val::Map(vec![(text("a"), Val::U8(1))]),
    );
}

#[test]
fn records_leave_out_what_is_none() {
    let shape = record(&[("a", U8), ("b", option(U8))]);
    let value = |b: Val| Val::Record(vec![("a".into(), Val::U8(1)), ("b".into(), b)]);
    both_ways_in_wave(&shape, "{a: 1}", value(NONE));
    both_ways_in_wave(&shape, "{a: 1, b: some(2)}", value(some(Val::U8(2))));
    assert_eq!(
        read_wave(&shape, "{b: 2, a: 1}"),
        Ok(value(some(Val::U8(2))))
    );
    let all_optional = record(&[("b", option(U8))]);
    both_ways_in_wave(&all_optional, "{:}", Val::Record(vec![("b".into(), NONE)]));
}

#[test]
fn what_the_typed_reader_of_the_format_would_let_pass_is_refused() {
    let shape = record(&[("a", U8)]);
    for (shape, text) in [
        (&shape, "{a: 1, other: 2}"),
        (&shape, "{a: 1, a: 1}"),
        (&F64, "1e400"),
        (&F32, "1e39"),
        (&U8, "256"),
        (&U8, "1.0"),
        (&U8, "-1"),
        (&Shape::Flags(names(&["a"])), "{b}"),
        (&Shape::String, r#""\u{d800}""#),
        (&Shape::Char, "'ab'"),
        (&Shape::Bool, "yes"),
        (&option(option(U8)), "1"),
    ] {
        read_wave(shape, text).unwrap_err();
    }
}

#[test]
fn errors_point_at_the_place() {
    let shape = Shape::list(record(&[("size", U8)]));
    let error = read_wave(&shape, "[{size: 1}, {size: 300}]").unwrap_err();
    assert_eq!(
        error.to_string(),
        "argument `$.x[1].size`: expected an integer from 0 to 255, found `300`, line 1 column 20"
    );
    assert_eq!(
        error.excerpt(),
        Some("[{size: 1}, {size: 300}]\n                   ^^^")
    );
    let second_line = read_wave(&shape, "[\n  {size: }]").unwrap_err();
    assert_eq!(second_line.excerpt(), Some("  {size: }]\n         ^"));
    assert!(
        second_line.to_string().ends_with("line 2 column 10"),
        "{second_line}"
    );
}

#[test]
fn an_excerpt_of_a_long_or_hostile_line_is_short_and_harmless() {
    let text = format!(
        "[\"{}\u{1b}[31m\u{202e}\", 1{}]",
        "é".repeat(500),
        ", \"a\"".repeat(500)
    );
    let error = read_wave(&Shape::list(Shape::String), &text).unwrap_err();
    let excerpt = error.excerpt().unwrap();
    assert!(
        excerpt.chars().count() < 200 && !excerpt.contains(['\u{1b}', '\u{202e}']),
        "{excerpt}"
    );
    let (line, carets) = excerpt.split_once('\n').unwrap();
    assert_eq!(line.chars().nth(carets.find('^').unwrap()), Some('1'));
}

#[test]
fn there_is_one_text_for_each_parameter_except_options_at_the_end() {
    let function = Signature::new(Named::new([("a", U8), ("b", option(U8))]), None);
    let count = |texts: &[&str]| {
        function
            .arguments_from_wave(texts)
            .map(|read| read.into_vals(&[]).unwrap())
    };
    assert_eq!(count(&["1"]), Ok(vec![Val::U8(1), NONE]));
    assert_eq!(count(&["1", "2"]), Ok(vec![Val::U8(1), some(Val::U8(2))]));
    let too_many = count(&["1", "2", "3"]).unwrap_err();
    assert_eq!(
        too_many.to_string(),
        "expected 2 arguments for `a`, `b`, found 3"
    );
    count(&[]).unwrap_err();
}

#[test]
fn handles_are_paths_with_or_without_quotes() {
    let function = Signature::new(
        Named::new([
            ("csv", Shape::Handle(HandleKind::Reader)),
            ("more", Shape::list(Shape::Handle(HandleKind::Reader))),
        ]),
        None,
    );
    let read = |text: &str| {
        function
            .arguments_from_wave(&[text, "[\"b.csv\"]"])
            .unwrap()
            .handle_requests()
            .to_vec()
    };
    let paths = |text: &str| {
        read(text)
            .into_iter()
            .map(|request| (request.path, request.position))
            .collect::<Vec<_>>()
    };
    let expected = [
        ("a b.csv".to_owned(), "$.csv".to_owned()),
        ("b.csv".to_owned(), "$.more[0]".to_owned()),
    ];
    assert_eq!(paths("a b.csv"), expected);
    assert_eq!(paths("\"a b.csv\""), expected);
}

#[test]
fn deep_and_huge_texts_are_refused() {
    let shape = (0..63).fold(U8, |shape, _| option(shape));
    let deepest = format!("{}1{}", "some(".repeat(63), ")".repeat(63));
    read_wave(&shape, &deepest).unwrap();
    let deep = format!("{}1{}", "some(".repeat(100_000), ")".repeat(100_000));
    read_wave(&shape, &deep).unwrap_err();
    let huge = format!("\"{}\"", "a".repeat(2 << 20));
    assert!(matches!(
        read_wave(&Shape::String, &huge),
        Err(ArgumentError::TooLarge { .. })
    ));
}
