//! Properties over random shapes and values.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;

/// Words of WAVE among them, which have to be escaped there.
const NAMES: [&str; 8] = ["a", "b-c", "some", "ok", "true", "inf", "text", "err"];

fn integers() -> impl Strategy<Value = Integer> {
    use Integer::*;
    prop::sample::select(vec![S8, U8, S16, U16, S32, U32, S64, U64])
}

fn name_sets() -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(NAMES.to_vec(), 1..=NAMES.len()).prop_shuffle()
}

fn keys() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::String),
        Just(Shape::Bool),
        Just(Shape::Char),
        integers().prop_map(Shape::Integer),
    ]
}

fn shapes() -> impl Strategy<Value = Shape> {
    let leaves = prop_oneof![
        Just(Shape::Bool),
        integers().prop_map(Shape::Integer),
        Just(F32),
        Just(F64),
        Just(Shape::Char),
        Just(Shape::String),
        Just(Shape::Bytes),
        name_sets().prop_map(|names| Shape::Enum(names.into_iter().collect())),
        name_sets().prop_map(|names| Shape::Flags(names.into_iter().collect())),
    ];
    leaves.prop_recursive(5, 24, 4, |part| {
        let maybe = || prop::option::of(part.clone());
        prop_oneof![
            part.clone().prop_map(Shape::list),
            (part.clone(), 0u32..3)
                .prop_map(|(part, length)| Shape::FixedList(Box::new(part), length)),
            (keys(), part.clone())
                .prop_map(|(key, part)| Shape::Map(Box::new(key), Box::new(part))),
            (name_sets(), vec(part.clone(), NAMES.len()))
                .prop_map(|(names, parts)| Shape::Record(Named::new(names.into_iter().zip(parts)))),
            (name_sets(), vec(maybe(), NAMES.len())).prop_map(|(names, parts)| Shape::Variant(
                Named::new(names.into_iter().zip(parts))
            )),
            vec(part.clone(), 1..4).prop_map(|parts| Shape::Tuple(parts.into())),
            part.clone().prop_map(option),
            (maybe(), maybe()).prop_map(|(ok, err)| result(ok, err)),
        ]
    })
}

fn numbers(kind: Integer) -> BoxedStrategy<Val> {
    let (least, most) = kind.range();
    let near = prop::sample::select(vec![
        least,
        least + 1,
        0,
        1,
        most - 1,
        most,
        1 << 53,
        (1 << 53) - 1,
    ]);
    prop_oneof![
        least..=most,
        near.prop_map(move |number| number.clamp(least, most))
    ]
    .prop_map(move |number| kind.value(number).unwrap())
    .boxed()
}

/// The values of a shape.
fn values(shape: &Shape) -> BoxedStrategy<Val> {
    match shape {
        Shape::Bool => any::<bool>().prop_map(Val::Bool).boxed(),
        Shape::Integer(kind) => numbers(*kind),
        Shape::Float(Float::F32) => prop::num::f32::ANY.prop_map(Val::Float32).boxed(),
        Shape::Float(Float::F64) => prop::num::f64::ANY.prop_map(Val::Float64).boxed(),
        Shape::Char => any::<char>().prop_map(Val::Char).boxed(),
        Shape::String => any::<String>().prop_map(Val::String).boxed(),
        Shape::Bytes => vec(any::<u8>(), 0..6)
            .prop_map(|bytes| Val::List(bytes.into_iter().map(Val::U8).collect()))
            .boxed(),
        Shape::List(part) => vec(values(part), 0..4).prop_map(Val::List).boxed(),
        Shape::FixedList(part, length) => vec(values(part), *length as usize)
            .prop_map(Val::FixedLengthList)
            .boxed(),
        Shape::Map(key, part) => vec((values(key), values(part)), 0..4)
            .prop_map(without_repeated_keys)
            .boxed(),
        Shape::Record(fields) => {
            let names: Vec<String> = fields.names().map(str::to_owned).collect();
            let parts: Vec<_> = fields.iter().map(|(_, field)| values(field)).collect();
            parts
                .prop_map(move |parts| Val::Record(names.iter().cloned().zip(parts).collect()))
                .boxed()
        }
        Shape::Tuple(parts) => parts
            .iter()
            .map(values)
            .collect::<Vec<_>>()
            .prop_map(Val::Tuple)
            .boxed(),
        Shape::Variant(cases) => {
            let cases: Vec<_> = cases
                .iter()
                .map(|(name, payload)| (name.to_owned(), payload.clone()))
                .collect();
            prop::sample::select(cases)
                .prop_flat_map(|(name, payload)| {
                    maybe(payload.as_ref()).prop_map(move |part| Val::Variant(name.clone(), part))
                })
                .boxed()
        }
        Shape::Enum(names) => {
            let names: Vec<String> = names.names().map(str::to_owned).collect();
            prop::sample::select(names).prop_map(Val::Enum).boxed()
        }
        Shape::Option(part) => prop::option::of(values(part))
            .prop_map(|part| Val::Option(part.map(Box::new)))
            .boxed(),
        Shape::Result(ok, err) => prop_oneof![
            maybe(ok.as_deref()).prop_map(|part| Val::Result(Ok(part))),
            maybe(err.as_deref()).prop_map(|part| Val::Result(Err(part))),
        ]
        .boxed(),
        Shape::Flags(names) => {
            let names: Vec<String> = names.names().map(str::to_owned).collect();
            let count = names.len();
            prop::sample::subsequence(names, 0..=count)
                .prop_map(Val::Flags)
                .boxed()
        }
        Shape::Handle(_) => unreachable!("a value holds no handle before it was opened"),
    }
}

fn maybe(shape: Option<&Shape>) -> BoxedStrategy<Option<Box<Val>>> {
    match shape {
        Some(shape) => values(shape).prop_map(|part| Some(Box::new(part))).boxed(),
        None => Just(None).boxed(),
    }
}

fn without_repeated_keys(entries: Vec<(Val, Val)>) -> Val {
    let mut kept: Vec<(Val, Val)> = Vec::new();
    for (key, value) in entries {
        if kept.iter().all(|(other, _)| *other != key) {
            kept.push((key, value));
        }
    }
    Val::Map(kept)
}

fn typed_values() -> impl Strategy<Value = (Shape, Val)> {
    shapes().prop_flat_map(|shape| {
        let value = values(&shape);
        (Just(shape), value)
    })
}

/// JSON that has a chance to be almost right.
fn scraps() -> impl Strategy<Value = Json> {
    let leaves = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        prop::sample::select(vec![
            0i64,
            1,
            -1,
            127,
            128,
            -128,
            -129,
            255,
            256,
            i64::MIN,
            i64::MAX
        ])
        .prop_map(Json::from),
        Just(Json::from(u64::MAX)),
        prop::sample::select(vec![0.5, -0.0, 1.0, 255.0, 256.0, 3.5e38, 1e300])
            .prop_map(Json::from),
        prop::sample::select(vec![
            "", "a", "ab", "NaN", "Infinity", "7", "-7", "07", "AAAA", "AA==", "AB==", "some",
            "text", "ok"
        ])
        .prop_map(Json::from),
    ];
    leaves.prop_recursive(2, 8, 3, |part| {
        prop_oneof![
            vec(part.clone(), 0..3).prop_map(Json::from),
            vec((prop::sample::select(NAMES.to_vec()), part), 0..3).prop_map(|fields| fields
                .into_iter()
                .map(|(name, part)| (name.to_owned(), part))
                .collect()),
        ]
    })
}

/// Replaces or removes the part at position `target` of a walk over `json`.
fn damage(json: &mut Json, target: &mut usize, scrap: &Json, removes: bool) {
    if *target == 0 {
        *json = scrap.clone();
    }
    *target = target.wrapping_sub(1);
    match json {
        Json::Array(parts) if removes && *target == 0 => drop(parts.pop()),
        Json::Object(fields) if removes && *target == 0 => {
            let first = fields.keys().next().cloned().unwrap_or_default();
            fields.shift_remove(&first);
        }
        Json::Array(parts) => parts
            .iter_mut()
            .for_each(|part| damage(part, target, scrap, removes)),
        Json::Object(fields) => fields
            .iter_mut()
            .for_each(|(_, part)| damage(part, target, scrap, removes)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// Whole numbers beyond 2^53 that were written as floats: JSON Schema cannot tell them from integers, the reader does.
fn has_whole_floats(json: &Json) -> bool {
    match json {
        Json::Number(number) => {
            number.is_f64() && number.as_f64().is_some_and(|number| number.abs() > 9.0e15)
        }
        Json::Array(parts) => parts.iter().any(has_whole_floats),
        Json::Object(fields) => fields.values().any(has_whole_floats),
        Json::Null | Json::Bool(_) | Json::String(_) => false,
    }
}

/// The type of the WAVE library that a shape stands for, where it has one.
fn wave_type(shape: &Shape) -> Option<wasm_wave::value::Type> {
    use wasm_wave::value::Type;
    let maybe = |shape: &Option<Box<Shape>>| {
        shape
            .as_deref()
            .map(wave_type)
            .map_or(Some(None), |ty| ty.map(Some))
    };
    Some(match shape {
        Shape::Bool => Type::BOOL,
        Shape::Integer(Integer::S8) => Type::S8,
        Shape::Integer(Integer::U8) => Type::U8,
        Shape::Integer(Integer::S16) => Type::S16,
        Shape::Integer(Integer::U16) => Type::U16,
        Shape::Integer(Integer::S32) => Type::S32,
        Shape::Integer(Integer::U32) => Type::U32,
        Shape::Integer(Integer::S64) => Type::S64,
        Shape::Integer(Integer::U64) => Type::U64,
        Shape::Float(Float::F32) => Type::F32,
        Shape::Float(Float::F64) => Type::F64,
        Shape::Char => Type::CHAR,
        Shape::String => Type::STRING,
        Shape::Bytes => Type::list(Type::U8),
        Shape::List(part) => Type::list(wave_type(part)?),
        Shape::Record(fields) => Type::record(
            fields
                .iter()
                .map(|(name, field)| Some((name, wave_type(field)?)))
                .collect::<Option<Vec<_>>>()?,
        )?,
        Shape::Tuple(parts) => {
            Type::tuple(parts.iter().map(wave_type).collect::<Option<Vec<_>>>()?)?
        }
        Shape::Variant(cases) => {
            let case = |(name, payload): (&str, &Option<Shape>)| match payload {
                Some(payload) => wave_type(payload).map(|ty| (name.to_owned(), Some(ty))),
                None => Some((name.to_owned(), None)),
            };
            Type::variant(cases.iter().map(case).collect::<Option<Vec<_>>>()?)?
        }
        Shape::Enum(names) => Type::enum_ty(names.names())?,
        Shape::Flags(names) => Type::flags(names.names())?,
        Shape::Option(part) => Type::option(wave_type(part)?),
        Shape::Result(ok, err) => Type::result(maybe(ok)?, maybe(err)?),
        Shape::FixedList(..) | Shape::Map(..) | Shape::Handle(_) => return None,
    })
}

fn to_wave(shape: &Shape, value: &Val) -> String {
    let function = Signature::new(Named::new::<&str>([]), Some(shape.clone()));
    function
        .result_to_wave(std::slice::from_ref(value), 1 << 20)
        .unwrap()
}

proptest! {
    #[test]
    fn json_gives_back_every_value_and_the_value_every_json((shape, value) in typed_values()) {
        let text = written(&shape, &value);
        let back = read(&shape, &text);
        prop_assert_eq!(back.as_ref(), Ok(&value), "{} as {}", text, shape);
        prop_assert_eq!(written(&shape, &value), text);
    }

    #[test]
    fn a_tree_gives_back_every_value_too((shape, value) in typed_values()) {
        let function = function_of(&shape);
        let answer = function.answer(&[Val::Tuple(vec![value.clone()])], 1 << 20).unwrap();
        let Answer::Ok(tree) = answer else { panic!("a tuple is no error") };
        let back = function.arguments_from_value(&tree).unwrap().into_vals(&[]).unwrap();
        prop_assert_eq!(back, vec![value]);
    }

    #[test]
    fn wave_gives_back_every_value((shape, value) in typed_values()) {
        let text = to_wave(&shape, &value);
        let back = function_of(&shape).arguments_from_wave(&[&text]).map(|read| read.into_vals(&[]).unwrap());
        prop_assert_eq!(back, Ok(vec![value]), "{} as {}", text, shape);
    }

    #[test]
    fn our_wave_is_the_wave_of_others((shape, value) in typed_values()) {
        if let Some(ty) = wave_type(&shape) {
            let text = to_wave(&shape, &value);
            let theirs: wasm_wave::value::Value = wasm_wave::from_str(&ty, &text).unwrap();
            prop_assert_eq!(wasm_wave::to_string(&theirs).unwrap(), text);
        }
    }

    #[test]
    fn the_schema_accepts_every_answer((shape, value) in typed_values()) {
        let function = function_of(&shape);
        let Answer::Ok(tree) = function.answer(&[Val::Tuple(vec![value])], 1 << 20).unwrap() else { panic!("a tuple is no error") };
        let schema = function.answer_schema(&NoDocs);
        prop_assert!(jsonschema::draft202012::new(&schema).unwrap().is_valid(&tree), "{} against {}", tree, schema);
    }

    #[test]
    fn the_schema_accepts_exactly_what_the_reader_accepts(
        (shape, value) in typed_values(),
        mut target in 0usize..12,
        scrap in scraps(),
        removes in any::<bool>(),
    ) {
        let function = function_of(&shape);
        let mut json: Json = serde_json::from_str(&format!("{{\"x\":{}}}", written(&shape, &value))).unwrap();
        damage(&mut json, &mut target, &scrap, removes);
        prop_assume!(json.is_object() && !has_whole_floats(&json));
        let schema = function.parameters_schema(&NoDocs);
        let is_valid = jsonschema::draft202012::new(&schema).unwrap().is_valid(&json);
        let read = function.arguments_from_value(&json);
        prop_assert_eq!(is_valid, read.is_ok(), "{} as {}: {:?}", json, shape, read);
    }

    #[test]
    fn nothing_that_is_sent_panics(shape in shapes(), text in "[\\[\\]{}:,\"a-z0-9.\\\\u -]{0,40}") {
        let _ = read(&shape, &text);
        let _ = function_of(&shape).arguments_from_wave(&[&text]);
    }

    #[test]
    fn every_float_survives_its_shortest_digits(bits in any::<u32>()) {
        let number = f32::from_bits(bits);
        let back = read(&F32, &written(&F32, &Val::Float32(number)));
        prop_assert_eq!(back, Ok(Val::Float32(number)));
    }
}
