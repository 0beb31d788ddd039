//! What hostile or mistaken callers send, and what they are told.

use super::*;

#[test]
fn an_error_names_the_place_what_was_expected_and_what_came() {
    let row = record(&[("name", Shape::String), ("size", U8)]);
    let shape = record(&[("rows", Shape::list(row))]);
    let cases = [
        (
            r#"{"rows":[{"name":"a","size":1},{"name":"b","size":300}]}"#,
            "argument `$[0].rows[1].size`: expected an integer from 0 to 255, found the number 300",
        ),
        (
            r#"{"rows":[{"name":null,"size":1}]}"#,
            "argument `$[0].rows[0].name`: expected a string, found `null`",
        ),
        (
            r#"{"rows":[{"name":"a","size":1,"colour":2}]}"#,
            "argument `$[0].rows[0]`: unknown field `colour`, expected the fields `name`, `size`",
        ),
        (
            r#"{"rows":[{"name":"a"}]}"#,
            "argument `$[0].rows[0]`: missing field `size`, expected an integer from 0 to 255",
        ),
        (
            r#"{"rows":{}}"#,
            "argument `$[0].rows`: expected an array, found an object",
        ),
        (
            r#"7"#,
            "argument `$[0]`: expected an object with the fields `rows`, found the number 7",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(refused(&shape, text), message);
    }
}

#[test]
fn broken_json_is_told_with_its_place() {
    let function = function_of(&record(&[("a", Shape::String)]));
    let cases = [
        (
            r#"{"x":{"a":"\ud800"}}"#,
            "arguments are not JSON: unexpected end of hex escape, line 1 column 18 (at `$.x.a`)",
        ),
        (
            "{\"x\":\n {\"a\" 1}}",
            "arguments are not JSON: expected `:`, line 2 column 7 (at `$.x.a`)",
        ),
        (
            "",
            "arguments are not JSON: EOF while parsing a value, line 1 column 0 (at `$`)",
        ),
        (
            r#"{"x":{"a":""}} {}"#,
            "arguments are not JSON: trailing characters, line 1 column 16 (at `$`)",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(
            function.arguments_from_json(text).unwrap_err().to_string(),
            message
        );
    }
}

#[test]
fn unpaired_surrogates_are_refused_in_values_and_names() {
    for text in [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\ud800""#,
        r#""\ud800x""#,
        r#""\udfff\ud800""#,
    ] {
        refused(&Shape::String, text);
    }
    refused(&record(&[("a", option(U8))]), r#"{"\ud800":1}"#);
    also(
        &Shape::String,
        r#""\ud83d\ude00""#,
        Val::String("😀".into()),
    );
}

#[test]
fn syntax_that_is_not_json_is_refused() {
    for text in [
        "01",
        "+1",
        ".5",
        "1.",
        "0x10",
        "'a'",
        "[1,]",
        "{\"a\":1,}",
        "// x\n1",
        "1 2",
        "tru",
        "\u{feff}1",
        "\"\u{1}\"",
        "nan",
    ] {
        read(&F64, text).unwrap_err();
        read(&Shape::list(F64), text).unwrap_err();
        read(&Shape::String, text).unwrap_err();
    }
}

#[test]
fn deep_text_stops_at_the_first_level_that_no_shape_has() {
    let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert_eq!(
        refused(&Shape::list(U32), &deep),
        "argument `$[0][0]`: expected an integer from 0 to 4294967295, found an array"
    );
    // Where the parser has to skip it, it counts the levels itself.
    let too_many = function_of(&U32)
        .arguments_from_json(&format!("[1,{deep}]"))
        .unwrap_err();
    assert!(
        matches!(
            too_many,
            ArgumentError::Mismatch { .. } | ArgumentError::Syntax { .. }
        ),
        "{too_many}"
    );
    let objects = "{\"x\":".repeat(1_000_000);
    function_of(&U32).arguments_from_json(&objects).unwrap_err();
}

#[test]
fn numbers_of_a_million_digits_are_refused_by_integers_and_floats() {
    let digits = "9".repeat(1_000_000);
    for shape in [U8, U64, S64, F32, F64] {
        let message = refused(&shape, &digits);
        assert!(message.len() < 300, "{message}");
        refused(&shape, &format!("-{digits}"));
    }
    refused(&U64, &format!("\"{digits}\""));
    also(&F64, &format!("0.{digits}"), Val::Float64(1.0));
}

#[test]
fn text_longer_than_the_limit_is_not_read_at_all() {
    let limit = TEXT_BYTES_MAX;
    let text = format!("[\"{}\"]", "a".repeat(limit - 4));
    function_of(&Shape::String)
        .arguments_from_json(&text)
        .unwrap();
    let error = function_of(&Shape::String)
        .arguments_from_json(&format!("{text} "))
        .unwrap_err();
    assert_eq!(
        error,
        ArgumentError::TooLarge {
            what: "text",
            limit
        }
    );
}

#[test]
fn little_text_that_would_become_many_values_meets_the_budget() {
    let limit = VALUES_BYTES_MAX;
    let too_large = Err(ArgumentError::TooLarge {
        what: "values",
        limit,
    });
    let fields: Vec<(String, Shape)> = (0..500)
        .map(|index| (format!("field-{index}"), option(U8)))
        .collect();
    let wide = Shape::list(Shape::Record(Named::new(fields)));
    assert_eq!(
        read(&wide, &format!("[{{}}{}]", ",{}".repeat(5_000))),
        too_large
    );
    assert_eq!(
        read(
            &Shape::list(Shape::list(U8)),
            &format!("[\"\"{}]", ",\"\"".repeat(2_000_000))
        ),
        too_large
    );
    assert_eq!(
        read(&Shape::Bytes, &format!("\"{}\"", "AAAA".repeat(1_000_000))),
        too_large
    );
    assert_eq!(
        read(
            &Shape::Bytes,
            &format!("{{\"text\":\"{}\"}}", "a".repeat(3_000_000))
        ),
        too_large
    );
    assert!(read(&Shape::Bytes, &format!("\"{}\"", "AAAA".repeat(300_000))).is_ok());
}

#[test]
fn what_came_is_shown_short_and_without_control_characters() {
    let hostile = format!("\"\\u001b[31m\\u202e\\n{}\"", "x".repeat(100_000));
    let message = refused(&U32, &hostile);
    assert!(
        message.contains(r#"found the string "\u{1b}[31m\u{202e}\nxxx"#),
        "{message}"
    );
    assert!(message.len() < 200, "{message}");
    let field = refused(&record(&[("a", U8)]), &format!("{{{hostile}:1}}"));
    assert!(
        field.len() < 250 && !field.contains('\u{1b}') && !field.contains('\n'),
        "{field}"
    );
    let map = Shape::Map(Box::new(Shape::String), Box::new(U8));
    let key = refused(&map, &format!("{{{hostile}:null}}"));
    assert!(
        key.len() < 250 && !key.contains('\u{1b}') && !key.contains('\n'),
        "{key}"
    );
}

#[test]
fn long_lists_of_names_are_cut_in_messages() {
    let many = Shape::Enum((0..1_000).map(|index| format!("case-{index}")).collect());
    let message = refused(&many, "\"other\"");
    assert!(message.contains("`case-11` and 988 more"), "{message}");
}

#[test]
fn looking_up_names_backwards_in_huge_types_stays_fast() {
    // 200,000 names against 1,000 cases: 200 million comparisons if every lookup walked the list.
    let cases = Shape::Enum((0..1_000).map(|index| format!("case-{index}")).collect());
    let text = format!("[\"case-999\"{}]", ",\"case-999\"".repeat(200_000));
    let start = std::time::Instant::now();
    read(&Shape::list(cases), &text).unwrap();
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn files_are_named_in_the_order_of_the_text_and_put_where_they_were_named() {
    let reader = Shape::Handle(HandleKind::Reader);
    let writer = Shape::Handle(HandleKind::Writer);
    let params = Named::new([
        ("inputs", Shape::list(reader)),
        ("out", writer),
        ("log", option(Shape::Handle(HandleKind::Writer))),
    ]);
    let function = Signature::new(params, None);
    assert_eq!(function.asks(), [HandleKind::Reader, HandleKind::Writer]);
    let arguments = function
        .arguments_from_json(r#"{"out":"o.json","inputs":["a.csv","../b.csv"]}"#)
        .unwrap();
    let request = |kind, path: &str, position: &str| HandleRequest {
        kind,
        path: path.into(),
        position: position.into(),
    };
    let requests = [
        request(HandleKind::Writer, "o.json", "$.out"),
        request(HandleKind::Reader, "a.csv", "$.inputs[0]"),
        request(HandleKind::Reader, "../b.csv", "$.inputs[1]"),
    ];
    assert_eq!(arguments.handle_requests(), requests);
    assert_eq!(
        arguments.into_vals(&[]).unwrap_err(),
        HandleCount {
            needed: 3,
            given: 0
        }
    );
}
