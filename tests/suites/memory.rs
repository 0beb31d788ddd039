//! What one call leaves behind, which no other may find.

use bailiwick::Allocation;
use bailiwick_tests::hold::{Hold, call};
use bailiwick_tests::world::World;

/// `canary-canary-canary`, and the same with every bit turned, which is what is looked for.
const CANARY: &str = "Y2FuYXJ5LWNhbmFyeS1jYW5hcnk=";
const TURNED: &str = "nJ6Rno2G0pyekZ6NhtKcnpGejYY=";

/// A component that looks for its own pattern in its own memory and table, after it has left it there.
const SLOTS: &str = r#"(component
  (core module $m
    (memory 4)
    (table $t 100 funcref)
    (global $g (mut i64) (i64.const 0))
    (func $f)
    (elem declare func $f)
    (func (export "leave")
      (local $at i32)
      (loop $again
        (i64.store (local.get $at) (i64.const 0x5afe5afe5afe5afe))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if $again (i32.lt_u (local.get $at) (i32.const 262144))))
      (table.fill $t (i32.const 0) (ref.func $f) (i32.const 100))
      (global.set $g (i64.const 1)))
    (func (export "look") (result i32)
      (local $at i32) (local $found i32)
      (loop $again
        (local.set $found (i32.add (local.get $found) (i64.ne (i64.load (local.get $at)) (i64.const 0))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if $again (i32.lt_u (local.get $at) (i32.const 262144))))
      (local.set $at (i32.const 0))
      (loop $again
        (local.set $found (i32.add (local.get $found) (i32.eqz (ref.is_null (table.get $t (local.get $at))))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $at) (i32.const 100))))
      (i32.add (local.get $found) (i64.ne (global.get $g) (i64.const 0))))
    (func (export "both") (result i32) (call 1) (call 2)))
  (core instance $i (instantiate $m))
  (func (export "leave") (canon lift (core func $i "leave")))
  (func (export "look") (result u32) (canon lift (core func $i "look")))
  (func (export "both") (result u32) (canon lift (core func $i "both"))))"#;

#[tokio::test]
async fn a_slot_of_the_pool_is_empty_again_after_a_call() {
    for allocation in [Allocation::Pool { slots: 1 }, Allocation::OnDemand] {
        let hold = Hold::with(World::new(), "", |builder| builder.allocation(allocation));
        let tool = hold.load(&wat::parse_str(SLOTS).unwrap()).unwrap();
        // All that is looked at: 32,768 words, 100 elements, one global.
        assert_eq!(call(&tool, "both", "[]").await, "answer 32869");
        for _ in 0..20 {
            assert_eq!(call(&tool, "leave", "[]").await, "answer null");
            assert_eq!(
                call(&tool, "look", "[]").await,
                "answer 0",
                "{allocation:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_slot_of_the_pool_is_empty_for_another_tool() {
    let hold = Hold::with(World::new(), "", |builder| {
        builder.allocation(Allocation::Pool { slots: 1 })
    });
    let leaving = hold.guest("probe-limits");
    let looking = hold.load(&wat::parse_str(SLOTS).unwrap()).unwrap();
    for _ in 0..5 {
        let left = call(&leaving, "canary.leave", &format!("[\"{CANARY}\", 20000]")).await;
        assert_eq!(left, "answer 1");
        assert_eq!(call(&looking, "look", "[]").await, "answer 0");
        let found = call(&leaving, "canary.look-for", &format!("[\"{TURNED}\"]")).await;
        assert_eq!(found, "answer 0");
    }
}

#[tokio::test]
async fn a_slot_is_empty_after_a_trap_a_limit_and_a_call_that_was_dropped() {
    let table = "[tools.probe.limits]\nfuel = 50000000\nmemory = \"8 MiB\"\n";
    let hold = Hold::with(World::new(), table, |builder| {
        builder.allocation(Allocation::Pool { slots: 1 })
    });
    let tool = hold.guest("probe-limits");
    for (function, arguments, ended) in [
        ("traps.trap", "[\"unreachable\"]", "trap"),
        ("exhaust.spin", "[]", "limit fuel"),
        ("exhaust.allocate", "[100000000]", "limit memory"),
    ] {
        assert_eq!(call(&tool, function, arguments).await, ended);
        assert_eq!(
            call(&tool, "canary.count", "[]").await,
            "answer 1",
            "after {function}"
        );
        assert_eq!(
            call(&tool, "canary.look-for", &format!("[\"{TURNED}\"]")).await,
            "answer 0"
        );
    }
    let spinning = tool.call("exhaust.spin").unwrap().json("[]");
    {
        let mut spinning = std::pin::pin!(spinning);
        assert!(futures_util::poll!(spinning.as_mut()).is_pending());
    }
    assert_eq!(call(&tool, "canary.count", "[]").await, "answer 1");
}

#[tokio::test]
async fn handles_of_a_call_are_closed_when_it_ends() {
    let world = World::new();
    world.write("a", "a");
    let table = "read-file = [\"a\"]\nwrite-file = [\"b\"]\nlist-files = []\n";
    let hold = Hold::new(world, table);
    let tool = hold.guest("probe-files");
    let open = || {
        std::fs::read_dir("/proc/self/fd").unwrap().filter(|entry| {
            let target = std::fs::read_link(entry.as_ref().unwrap().path()).unwrap_or_default();
            target.starts_with(hold.world.root())
        })
    };
    call(&tool, "open-many", "[\"a\", 1]").await;
    let before = open().count();
    for _ in 0..10 {
        let opened = call(&tool, "open-many", "[\"a\", 100]").await;
        assert_eq!(opened, "answer {\"count\":100,\"stopped-by\":null}");
        call(&tool, "create-many", "[\"b\", 100]").await;
    }
    assert_eq!(open().count(), before);
    let closed = hold
        .records()
        .iter()
        .filter(|record| record["phase"] == "closed")
        .count();
    assert_eq!(closed, 1 + 10 * 200);
}
