//! Tools whose calls need a person's yes.

use bailiwick::Cause;

use super::band::{Band, LINKED, tool};

fn band() -> Band {
    Band::new(
        "probe-tools",
        &tool("asked", &format!("{LINKED}call-tool = []\nask = true")),
    )
}

#[tokio::test]
async fn a_tool_that_asks_is_not_called_without_a_yes_and_the_trail_says_so() {
    let band = band();
    let asked = band.tool("asked");
    let refused = asked
        .call("keep")
        .unwrap()
        .json(r#"["key", "value"]"#)
        .await;
    let refused = refused.unwrap_err();
    assert!(matches!(refused.cause(), Cause::NotApproved), "{refused}");
    assert_eq!(refused.code(), "denied");
    assert!(refused.cause().remedy().is_some());
    assert_eq!(band.records("call")[0]["outcome"], "denied");
    assert_eq!(band.records("attempt").len(), 0);
    let kept = asked
        .call("kept")
        .unwrap()
        .approved_by("alice")
        .json(r#"["key"]"#)
        .await
        .unwrap();
    assert_eq!(kept.json(), "null", "it ran");
}

#[tokio::test]
async fn a_tool_that_asks_is_called_with_a_yes_and_the_trail_says_whose() {
    let band = band();
    let asked = band.tool("asked");
    let call = asked
        .call("burn")
        .unwrap()
        .principal("alice")
        .approved_by("bob");
    call.json("[1]").await.unwrap();
    let record = &band.records("call")[0];
    assert_eq!(
        (&record["principal"], &record["approved_by"]),
        (&"alice".into(), &"bob".into())
    );
}

#[tokio::test]
async fn a_yes_to_one_call_is_none_to_the_next() {
    let band = band();
    let asked = band.tool("asked");
    asked
        .call("burn")
        .unwrap()
        .approved_by("bob")
        .json("[1]")
        .await
        .unwrap();
    let next = asked.call("burn").unwrap().json("[1]").await;
    assert!(matches!(next.unwrap_err().cause(), Cause::NotApproved));
}
