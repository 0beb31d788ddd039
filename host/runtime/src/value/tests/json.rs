//! Every type both ways between JSON and values, with its edges.

use super::*;

#[test]
fn takes_and_gives_booleans() {
    both_ways(&Shape::Bool, "true", Val::Bool(true));
    both_ways(&Shape::Bool, "false", Val::Bool(false));
    for text in ["0", "1", "\"true\"", "null", "[]", "{}"] {
        refused(&Shape::Bool, text);
    }
}

#[test]
fn takes_every_integer_to_its_ends_and_nothing_past_them() {
    let edges = [
        (Integer::S8, Val::S8(i8::MIN), Val::S8(i8::MAX)),
        (Integer::U8, Val::U8(0), Val::U8(u8::MAX)),
        (Integer::S16, Val::S16(i16::MIN), Val::S16(i16::MAX)),
        (Integer::U16, Val::U16(0), Val::U16(u16::MAX)),
        (Integer::S32, Val::S32(i32::MIN), Val::S32(i32::MAX)),
        (Integer::U32, Val::U32(0), Val::U32(u32::MAX)),
        (Integer::S64, Val::S64(i64::MIN), Val::S64(i64::MAX)),
        (Integer::U64, Val::U64(0), Val::U64(u64::MAX)),
    ];
    for (kind, least, most) in edges {
        let shape = Shape::Integer(kind);
        let (low, high) = kind.range();
        also(&shape, &low.to_string(), least.clone());
        also(&shape, &high.to_string(), most.clone());
        assert_eq!(read(&shape, &written(&shape, &least)), Ok(least));
        assert_eq!(read(&shape, &written(&shape, &most)), Ok(most));
        refused(&shape, &(low - 1).to_string());
        refused(&shape, &(high + 1).to_string());
    }
}

#[test]
fn an_integer_may_be_written_with_a_fraction_or_an_exponent_of_nothing() {
    also(&U8, "1.0", Val::U8(1));
    also(&U8, "2e2", Val::U8(200));
    also(&U8, "-0", Val::U8(0));
    also(&U64, "9007199254740991.0", Val::U64(9_007_199_254_740_991));
    for text in ["1.5", "-1", "256.0", "3e2"] {
        refused(&U8, text);
    }
    // A float no longer tells which whole number was written.
    refused(&U64, "9007199254740992.0");
    refused(&U64, "1e16");
}

#[test]
fn wide_integers_are_strings_beyond_what_a_float_holds() {
    both_ways(&U64, "9007199254740991", Val::U64(9_007_199_254_740_991));
    both_ways(
        &U64,
        "\"9007199254740992\"",
        Val::U64(9_007_199_254_740_992),
    );
    both_ways(&S64, "-9007199254740991", Val::S64(-9_007_199_254_740_991));
    both_ways(
        &S64,
        "\"-9007199254740992\"",
        Val::S64(-9_007_199_254_740_992),
    );
    both_ways(&S64, "\"-9223372036854775808\"", Val::S64(i64::MIN));
    both_ways(&U64, "\"18446744073709551615\"", Val::U64(u64::MAX));
    also(&U64, "\"7\"", Val::U64(7));
    also(&U64, "\"0\"", Val::U64(0));
    let refusals = [
        "\"\"", "\"-\"", "\"-0\"", "\"+1\"", "\"01\"", "\" 1\"", "\"1.0\"", "\"0x1\"", "\"١\"",
    ];
    for text in refusals {
        refused(&S64, text);
    }
    refused(&U64, "\"18446744073709551616\"");
    refused(&U64, "\"-1\"");
    refused(&U32, "\"1\"");
}

#[test]
fn floats_are_kept_to_the_last_bit() {
    both_ways(&F64, "0.1", Val::Float64(0.1));
    both_ways(&F64, "-0.0", Val::Float64(-0.0));
    both_ways(&F64, "5e-324", Val::Float64(5e-324));
    both_ways(&F64, "1.7976931348623157e+308", Val::Float64(f64::MAX));
    both_ways(
        &F64,
        "2.225073858507201e-308",
        Val::Float64(2.225_073_858_507_201e-308),
    );
    both_ways(&F32, "0.1", Val::Float32(0.1));
    both_ways(&F32, "3.4028235e+38", Val::Float32(f32::MAX));
    both_ways(&F32, "1e-45", Val::Float32(1e-45));
    // Exactly between two floats after rounding to 64 bits.
    both_ways(
        &F32,
        "-7.038531e-26",
        Val::Float32(f32::from_bits(0x95ae_43fd)),
    );
    also(&F64, "3", Val::Float64(3.0));
    also(
        &F32,
        "18446744073709551615",
        Val::Float32(18_446_744_073_709_551_615.0),
    );
}

#[test]
fn floats_have_names_for_what_has_no_digits() {
    both_ways(&F64, "\"NaN\"", Val::Float64(f64::NAN));
    both_ways(&F64, "\"Infinity\"", Val::Float64(f64::INFINITY));
    both_ways(&F64, "\"-Infinity\"", Val::Float64(f64::NEG_INFINITY));
    both_ways(&F32, "\"NaN\"", Val::Float32(f32::NAN));
    both_ways(&F32, "\"Infinity\"", Val::Float32(f32::INFINITY));
    both_ways(&F32, "\"-Infinity\"", Val::Float32(f32::NEG_INFINITY));
    for text in [
        "\"nan\"",
        "\"inf\"",
        "\"+Infinity\"",
        "\"1.5\"",
        "NaN",
        "Infinity",
    ] {
        refused(&F64, text);
    }
}

#[test]
fn a_finite_number_never_becomes_infinite() {
    refused(&F64, "1e400");
    refused(&F64, "-1e400");
    refused(&F32, "1e39");
    // The middle between the largest float and the next one that there would be.
    refused(&F32, "3.4028235677973366e38");
    also(&F32, "3.4028235677973362e38", Val::Float32(f32::MAX));
    also(&F64, "1e-400", Val::Float64(0.0));
}

#[test]
fn a_character_is_one_code_point() {
    both_ways(&Shape::Char, "\"a\"", Val::Char('a'));
    both_ways(&Shape::Char, "\"\u{10ffff}\"", Val::Char('\u{10ffff}'));
    both_ways(&Shape::Char, "\"\\u0000\"", Val::Char('\0'));
    also(&Shape::Char, "\"\\ud83d\\ude00\"", Val::Char('😀'));
    for text in ["\"\"", "\"ab\"", "\"e\u{301}\"", "97", "\"\\ud83d\""] {
        refused(&Shape::Char, text);
    }
}

#[test]
fn strings_are_any_text() {
    both_ways(&Shape::String, "\"\"", Val::String(String::new()));
    both_ways(
        &Shape::String,
        "\"a\\\"\\\\\\n\\u0000\u{202e}\"",
        Val::String("a\"\\\n\0\u{202e}".into()),
    );
    for text in ["null", "1", "[\"a\"]"] {
        refused(&Shape::String, text);
    }
}

#[test]
fn bytes_are_base64_and_may_come_as_text() {
    let bytes = |bytes: &[u8]| Val::List(bytes.iter().copied().map(Val::U8).collect());
    both_ways(&Shape::Bytes, "\"\"", bytes(b""));
    both_ways(&Shape::Bytes, "\"AP8=\"", bytes(&[0, 255]));
    both_ways(&Shape::Bytes, "\"+/+/\"", bytes(&[0xfb, 0xff, 0xbf]));
    also(&Shape::Bytes, "{\"text\": \"é\"}", bytes("é".as_bytes()));
    for text in [
        "\"AP8\"",
        "\"AP9=\"",
        "\"-_-_\"",
        "\"AP8=\\n\"",
        "[0, 255]",
        "{}",
        "{\"text\": 1}",
        "{\"other\": \"\"}",
    ] {
        refused(&Shape::Bytes, text);
    }
}

#[test]
fn lists_are_arrays() {
    let list = Shape::list(U32);
    both_ways(&list, "[]", Val::List(vec![]));
    both_ways(&list, "[1,2]", Val::List(vec![Val::U32(1), Val::U32(2)]));
    let nested = Shape::list(list);
    both_ways(
        &nested,
        "[[],[0]]",
        Val::List(vec![Val::List(vec![]), Val::List(vec![Val::U32(0)])]),
    );
    refused(&nested, "[[], 0]");
}

#[test]
fn lists_of_fixed_length_have_that_length() {
    let shape = Shape::FixedList(Box::new(U32), 2);
    both_ways(
        &shape,
        "[1,2]",
        Val::FixedLengthList(vec![Val::U32(1), Val::U32(2)]),
    );
    refused(&shape, "[1]");
    refused(&shape, "[1,2,3]");
}

#[test]
fn tuples_are_arrays_of_exactly_their_parts() {
    let shape = Shape::Tuple([U32, Shape::String, option(U8)].into());
    both_ways(
        &shape,
        "[1,\"a\",null]",
        Val::Tuple(vec![Val::U32(1), Val::String("a".into()), NONE]),
    );
    for text in ["[]", "[1,\"a\"]", "[1,\"a\",null,null]", "{\"0\":1}"] {
        refused(&shape, text);
    }
}

#[test]
fn records_are_objects_in_declared_order_whatever_order_they_came_in() {
    let shape = record(&[
        ("zulu", U32),
        ("alpha", Shape::String),
        ("maybe", option(U8)),
    ]);
    let value = Val::Record(vec![
        ("zulu".into(), Val::U32(1)),
        ("alpha".into(), Val::String("a".into())),
        ("maybe".into(), NONE),
    ]);
    both_ways(
        &shape,
        r#"{"zulu":1,"alpha":"a","maybe":null}"#,
        value.clone(),
    );
    also(&shape, r#"{"alpha":"a","zulu":1}"#, value);
    for text in [
        r#"{"zulu":1}"#,
        r#"{"zulu":1,"alpha":"a","other":0}"#,
        "{}",
        "[1,\"a\"]",
        "null",
    ] {
        refused(&shape, text);
    }
}

#[test]
fn a_field_that_comes_twice_is_refused_wherever_it_stands() {
    let shape = record(&[("a", U32), ("b", option(U32))]);
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"b":null,"a":2}"#,
        r#"{"a":1,"b":1,"b":null}"#,
        r#"{"a":1,"\u0061":1}"#,
    ] {
        assert!(refused(&shape, text).ends_with("came twice"), "{text}");
    }
    let whole = function_of(&U32)
        .arguments_from_json(r#"{"x":1,"x":1}"#)
        .unwrap_err();
    assert_eq!(
        whole,
        ArgumentError::Duplicate {
            path: "$".into(),
            name: "x".into()
        }
    );
}

#[test]
fn options_are_null_or_the_value() {
    let shape = option(U32);
    both_ways(&shape, "null", NONE);
    both_ways(&shape, "7", some(Val::U32(7)));
    refused(&shape, "{\"some\": 7}");
    refused(&shape, "\"7\"");
}

#[test]
fn options_in_options_tell_every_level_apart() {
    let two = option(option(U32));
    both_ways(&two, "null", NONE);
    both_ways(&two, r#"{"some":null}"#, some(NONE));
    both_ways(&two, r#"{"some":7}"#, some(some(Val::U32(7))));
    for text in [
        "7",
        "{}",
        r#"{"some":7,"some":7}"#,
        r#"{"some":7,"x":1}"#,
        r#"{"Some":7}"#,
        r#"{"some":{"some":7}}"#,
    ] {
        refused(&two, text);
    }
    let three = option(two);
    both_ways(&three, r#"{"some":{"some":null}}"#, some(some(NONE)));
    both_ways(
        &three,
        r#"{"some":{"some":7}}"#,
        some(some(some(Val::U32(7)))),
    );
}

#[test]
fn variants_carry_their_value_under_their_name() {
    let shape = variant(&[
        ("bare", None),
        ("full", Some(U32)),
        ("maybe", Some(option(U32))),
    ]);
    both_ways(&shape, "\"bare\"", Val::Variant("bare".into(), None));
    both_ways(
        &shape,
        r#"{"full":7}"#,
        Val::Variant("full".into(), Some(Box::new(Val::U32(7)))),
    );
    both_ways(
        &shape,
        r#"{"maybe":null}"#,
        Val::Variant("maybe".into(), Some(Box::new(NONE))),
    );
    for text in [
        "\"full\"",
        r#"{"bare":null}"#,
        "\"other\"",
        "{}",
        r#"{"full":7,"maybe":null}"#,
        r#"{"full":null}"#,
        "[\"bare\"]",
    ] {
        refused(&shape, text);
    }
}

#[test]
fn enums_are_names() {
    let shape = Shape::Enum(names(&["red", "green"]));
    both_ways(&shape, "\"green\"", Val::Enum("green".into()));
    for text in ["\"Green\"", "\"\"", "1", "{\"red\":null}"] {
        refused(&shape, text);
    }
}

#[test]
fn results_inside_a_value_name_their_side() {
    let shape = result(Some(U32), Some(Shape::String));
    both_ways(
        &shape,
        r#"{"ok":7}"#,
        Val::Result(Ok(Some(Box::new(Val::U32(7))))),
    );
    both_ways(
        &shape,
        r#"{"err":"no"}"#,
        Val::Result(Err(Some(Box::new(Val::String("no".into()))))),
    );
    let bare = result(None, None);
    both_ways(&bare, r#"{"ok":null}"#, Val::Result(Ok(None)));
    both_ways(&bare, r#"{"err":null}"#, Val::Result(Err(None)));
    for text in [
        "\"ok\"",
        r#"{"ok":0}"#,
        "{}",
        "null",
        r#"{"ok":null,"err":null}"#,
    ] {
        refused(&bare, text);
    }
}

#[test]
fn results_in_results_and_options_stay_apart() {
    let shape = result(Some(result(None, Some(option(U8)))), None);
    let inner = Val::Result(Err(Some(Box::new(NONE))));
    both_ways(
        &shape,
        r#"{"ok":{"err":null}}"#,
        Val::Result(Ok(Some(Box::new(inner)))),
    );
    both_ways(&shape, r#"{"err":null}"#, Val::Result(Err(None)));
}

#[test]
fn flags_are_names_in_declared_order() {
    let shape = Shape::Flags(names(&["read", "write", "run"]));
    let all = Val::Flags(vec!["read".into(), "write".into(), "run".into()]);
    both_ways(&shape, "[]", Val::Flags(vec![]));
    both_ways(&shape, r#"["read","write","run"]"#, all.clone());
    also(&shape, r#"["run","read","write"]"#, all);
    for text in [
        r#"["read","read"]"#,
        r#"["other"]"#,
        "[0]",
        "[null]",
        "\"read\"",
        "{\"read\":true}",
    ] {
        refused(&shape, text);
    }
}

#[test]
fn maps_with_names_are_objects_and_all_others_arrays_of_pairs() {
    let named = Shape::Map(Box::new(Shape::String), Box::new(U32));
    let entry = (Val::String("a b".into()), Val::U32(1));
    both_ways(&named, "{}", Val::Map(vec![]));
    both_ways(&named, r#"{"a b":1}"#, Val::Map(vec![entry]));
    refused(&named, r#"{"a":1,"a":1}"#);
    let numbered = Shape::Map(Box::new(U32), Box::new(Shape::Bool));
    both_ways(
        &numbered,
        "[[7,true]]",
        Val::Map(vec![(Val::U32(7), Val::Bool(true))]),
    );
    for text in [
        "[[7,true],[7,false]]",
        "[[7]]",
        "[[7,true,0]]",
        "{\"7\":true}",
        "[7]",
    ] {
        refused(&numbered, text);
    }
}

#[test]
fn a_map_that_a_tool_fills_twice_keeps_the_last_of_each_key() {
    let shape = Shape::Map(Box::new(Shape::String), Box::new(U32));
    let entry = |key: &str, value| (Val::String(key.into()), Val::U32(value));
    let value = Val::Map(vec![entry("a", 1), entry("b", 2), entry("a", 3)]);
    assert_eq!(written(&shape, &value), r#"{"b":2,"a":3}"#);
}

#[test]
fn arguments_come_by_name_by_position_or_not_at_all() {
    let params = Named::new([("first", U32), ("second", option(U32))]);
    let function = Signature::new(params, None);
    let whole = |text: &str| {
        function
            .arguments_from_json(text)
            .map(|read| read.into_vals(&[]).unwrap())
    };
    let both = Ok(vec![Val::U32(1), some(Val::U32(2))]);
    assert_eq!(whole(r#"{"first":1,"second":2}"#), both);
    assert_eq!(whole(r#"{"second":2,"first":1}"#), both);
    assert_eq!(whole("[1,2]"), both);
    assert_eq!(whole("[1]"), Ok(vec![Val::U32(1), NONE]));
    assert_eq!(whole(r#"{"first":1}"#), Ok(vec![Val::U32(1), NONE]));
    for text in [
        "[]",
        "[1,2,3]",
        "{}",
        "null",
        "1",
        "\"1\"",
        "true",
        "1.5",
        "-1",
        "",
        " ",
        "{\"first\":1}x",
    ] {
        whole(text).unwrap_err();
    }
}

#[test]
fn a_function_without_parameters_takes_nothing_in_every_form() {
    let function = Signature::new(Named::new::<&str>([]), None);
    for text in ["{}", "[]", "null", " {\n} "] {
        assert_eq!(
            function
                .arguments_from_json(text)
                .unwrap()
                .into_vals(&[])
                .unwrap(),
            vec![]
        );
    }
    for text in ["{\"x\":1}", "[1]", "0"] {
        function.arguments_from_json(text).unwrap_err();
    }
}

#[test]
fn a_parsed_value_is_read_like_its_text() {
    let function = function_of(&record(&[
        ("a", S64),
        ("b", option(F64)),
        ("c", Shape::Bytes),
    ]));
    for text in [
        r#"{"x":{"a":"-9223372036854775808","b":0.1,"c":"AP8="}}"#,
        r#"{"x":{"a":9223372036854775807,"c":{"text":""}}}"#,
        r#"{"x":{"a":1.5,"c":""}}"#,
        r#"{"x":{"b":null}}"#,
        r#"[[]]"#,
    ] {
        let tree: serde_json::Value = serde_json::from_str(text).unwrap();
        let from_text = function
            .arguments_from_json(text)
            .map(|read| read.into_vals(&[]).unwrap());
        let from_tree = function
            .arguments_from_value(&tree)
            .map(|read| read.into_vals(&[]).unwrap());
        assert_eq!(from_text, from_tree, "{text}");
    }
}
