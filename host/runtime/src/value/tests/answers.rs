//! What a function returned: its answer, its error, and the limit on both.

use serde_json::json;

use super::*;

fn function(result: Option<Shape>) -> Signature {
    Signature::new(Named::new::<&str>([]), result)
}

#[test]
fn the_err_of_the_result_is_the_tools_error_and_its_ok_the_answer() {
    let function = function(Some(result(Some(U32), Some(Shape::String))));
    let ok = [Val::Result(Ok(Some(Box::new(Val::U32(7)))))];
    let err = [Val::Result(Err(Some(Box::new(Val::String("no".into())))))];
    assert_eq!(function.answer(&ok, 100), Ok(Answer::Ok(json!(7))));
    assert_eq!(
        function.answer(&err, 100),
        Ok(Answer::ToolError(json!("no")))
    );
    let mut text = b"before ".to_vec();
    assert_eq!(
        function.write_answer(&err, &mut text, 100),
        Ok(Outcome::ToolError)
    );
    assert_eq!(text, b"before \"no\"");
}

#[test]
fn nothing_is_null() {
    assert_eq!(function(None).answer(&[], 100), Ok(Answer::Ok(json!(null))));
    let bare = function(Some(result(None, None)));
    assert_eq!(
        bare.answer(&[Val::Result(Ok(None))], 100),
        Ok(Answer::Ok(json!(null)))
    );
    assert_eq!(
        bare.answer(&[Val::Result(Err(None))], 100),
        Ok(Answer::ToolError(json!(null)))
    );
}

#[test]
fn a_result_inside_the_answer_is_not_taken_apart() {
    let inner = result(Some(U32), None);
    let function = function(Some(result(Some(inner), None)));
    let value = [Val::Result(Ok(Some(Box::new(Val::Result(Err(None))))))];
    assert_eq!(
        function.answer(&value, 100),
        Ok(Answer::Ok(json!({"err": null})))
    );
}

#[test]
fn an_answer_ends_at_the_limit_and_leaves_nothing_behind() {
    let function = function(Some(Shape::String));
    let value = [Val::String("12345".into())];
    let mut text = b"before".to_vec();
    assert_eq!(
        function.write_answer(&value, &mut text, 6),
        Err(AnswerError::TooLarge { limit: 6 })
    );
    assert_eq!(text, b"before");
    assert_eq!(
        function.write_answer(&value, &mut text, 7),
        Ok(Outcome::Answer)
    );
    assert_eq!(text, b"before\"12345\"");
    assert_eq!(
        function.result_to_wave(&value, 6),
        Err(AnswerError::TooLarge { limit: 6 })
    );
    assert_eq!(function.result_to_wave(&value, 7), Ok("\"12345\"".into()));
}

#[test]
fn a_huge_answer_is_never_written_out_to_find_that_it_is_too_large() {
    let shape = Shape::list(Shape::String);
    let value = [Val::List(vec![Val::String("x".repeat(1 << 20)); 64])];
    let mut text = Vec::new();
    let written = function(Some(shape)).write_answer(&value, &mut text, 1 << 20);
    assert_eq!(written, Err(AnswerError::TooLarge { limit: 1 << 20 }));
    assert!(text.capacity() <= 4 << 20, "{}", text.capacity());
    let bytes = [Val::List(vec![Val::U8(0); 1 << 20])];
    let mut text = Vec::new();
    function(Some(Shape::Bytes))
        .write_answer(&bytes, &mut text, 1000)
        .unwrap_err();
    assert!(text.capacity() < 1 << 16, "{}", text.capacity());
}

#[test]
fn values_of_another_type_are_the_hosts_fault_and_no_panic() {
    let wrong = [
        (U32, Val::U64(1)),
        (Shape::Bytes, Val::List(vec![Val::U32(1)])),
        (Shape::Tuple([U8].into()), Val::Tuple(vec![])),
        (record(&[("a", U8)]), Val::Record(vec![])),
        (variant(&[("a", None)]), Val::Variant("b".into(), None)),
        (
            variant(&[("a", None)]),
            Val::Variant("a".into(), Some(Box::new(NONE))),
        ),
        (F32, Val::Float64(0.0)),
        (Shape::Handle(HandleKind::Reader), Val::U32(0)),
        (result(Some(U8), None), Val::Result(Ok(None))),
    ];
    for (shape, value) in wrong {
        let function = function(Some(Shape::Tuple([shape].into())));
        let values = [Val::Tuple(vec![value])];
        assert_eq!(
            function.answer(&values, 100),
            Err(AnswerError::Mismatch),
            "{values:?}"
        );
        assert_eq!(
            function.result_to_wave(&values, 100),
            Err(AnswerError::Mismatch),
            "{values:?}"
        );
    }
    assert_eq!(
        function(None).answer(&[NONE], 100),
        Err(AnswerError::Mismatch)
    );
    assert_eq!(
        function(Some(U8)).answer(&[], 100),
        Err(AnswerError::Mismatch)
    );
    assert_eq!(
        function(Some(U8)).answer(&[Val::U8(0), Val::U8(0)], 100),
        Err(AnswerError::Mismatch)
    );
}
