//! Something else on the other side of the waist: a tool that reads a file where there is no file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::any::Any;
use std::sync::Arc;

use bailiwick::capability::files::ReadFile;
use bailiwick::policy::{Capability, Limits, Rules, Source as RulesSource};
use bailiwick::waist::{AnyOperation, Failure, Performer};
use bailiwick::{Host, Source, ToolOptions};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Answers whatever path it is asked to read with the path itself, and knows nothing else.
struct Echo;

impl Performer for Echo {
    fn perform<'a>(
        &'a mut self,
        operation: Box<dyn AnyOperation>,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, Failure>> {
        let answer = match operation.as_any().downcast_ref::<ReadFile>() {
            Some(read) => Ok(Box::new(read.path.clone().into_bytes()) as Box<dyn Any + Send>),
            None => Err(Failure::Unavailable(operation.name().to_owned())),
        };
        async { answer }.boxed()
    }
}

/// Answers with a type that nobody asked for.
struct Confused;

impl Performer for Confused {
    fn perform<'a>(
        &'a mut self,
        _operation: Box<dyn AnyOperation>,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, Failure>> {
        async { Ok(Box::new(42_u8) as Box<dyn Any + Send>) }.boxed()
    }
}

/// A tool that reads the file `abc` and answers with the length of what it got.
fn component() -> Vec<u8> {
    let mut resolve = Resolve::default();
    resolve.push_path("../../wit/files").unwrap();
    let package = resolve
        .push_str(
            "reader.wit",
            "package test:reader; world reader { import bailiwick:files/read-file@0.1.0; export length: func() -> u32; }",
        )
        .unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = wat::parse_str(
        r#"(module
            (import "bailiwick:files/read-file@0.1.0" "read" (func $read (param i32 i32 i32)))
            (memory (export "memory") 1)
            (data (i32.const 8) "abc")
            (global $free (mut i32) (i32.const 1024))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (global.get $free)
                (global.set $free (i32.add (global.get $free) (local.get 3))))
            (func (export "length") (result i32)
                (call $read (i32.const 8) (i32.const 3) (i32.const 64))
                (if (i32.load8_u (i32.const 64)) (then (unreachable)))
                (i32.load (i32.const 72))))"#,
    )
    .unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .module(&module)
        .unwrap()
        .encode()
        .unwrap()
}

async fn ending(host: &Host) -> String {
    let rules = Rules::builder(RulesSource::Code)
        .link(&Capability::ReadFile)
        .build();
    let options = ToolOptions {
        name: "reader".into(),
        rules: Arc::new(rules),
        narrowed_to: Vec::new(),
        limits: Limits::default(),
        sha256: None,
        policy: [0; 32],
        ask: false,
        isolated: false,
        toolbox: None,
    };
    let tool = host.load(&Source::Bytes(&component()), options).unwrap();
    match tool.call("length").unwrap().json("[]").await {
        Ok(answer) => answer.json().to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

#[tokio::test]
async fn a_fake_answers_without_any_authority() {
    let host = Host::builder()
        .answered_by(|| Box::new(Echo))
        .build()
        .unwrap();
    assert_eq!(ending(&host).await, "3");
}

#[tokio::test]
async fn an_answer_of_another_type_is_a_host_fault() {
    let host = Host::builder()
        .answered_by(|| Box::new(Confused))
        .build()
        .unwrap();
    assert_eq!(ending(&host).await, "host-fault");
}

#[tokio::test]
async fn without_a_fake_the_empty_grant_denies_what_it_links() {
    let host = Host::builder().build().unwrap();
    assert_eq!(ending(&host).await, "trap");
    let denial = host
        .trail()
        .lines()
        .into_iter()
        .find(|line| line.contains(r#""decision":"deny""#))
        .unwrap();
    assert!(denial.contains(r#""reason":"no-rule""#), "{denial}");
}
