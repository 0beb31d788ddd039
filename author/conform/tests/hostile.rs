//! A hostile tool under the kit: whoever tests a tool need not trust it, whichever of the kit's hosts it is in.

#![allow(clippy::unwrap_used, clippy::allow_attributes, reason = "tests")]

use std::time::Duration;

use bailiwick_conform::{Budget, Call, Ending, Floor, Host as _, Keeping, Ours, Stage};

const MEMORY: u64 = 64 << 20;

/// How a function ends that is called in the host which keeps instances, on bare wasmtime.
fn ending(component: &[u8], function: &str, arguments: &str, time: Duration) -> Ending {
    let ours = Ours::new(Budget::default(), None).unwrap();
    let mut tool = Keeping::new(ours).load(component).unwrap();
    let (performer, _watch) = Stage::new(MEMORY).play();
    let call = Call {
        function,
        arguments,
        performer,
        memory: MEMORY,
        time,
        floor: Floor::default(),
    };
    tool.call(call).ending
}

/// Everything that WASI could give away: what the tests of the floor ask for, too.
#[test]
fn wasi_gives_away_nothing_of_the_machine() {
    let floor = wat::parse_str(include_str!("../../../tests/components/floor.wat")).unwrap();
    for (function, arguments, expected) in [
        ("environment", "[]", "[]"),
        ("arguments", "[]", "[]"),
        ("directory", "[]", "null"),
        ("directories", "[]", "0"),
        ("time-of-day", "[]", "[0,0]"),
        ("input-is-empty", "[]", "true"),
        ("terminals", "[]", "0"),
        // `permanent-resolver-failure` and `access-denied`, as the component counts.
        ("look-up", "[]", "21"),
        ("socket", "[0]", "2"),
        ("socket", "[1]", "2"),
    ] {
        let ending = ending(&floor, function, arguments, Duration::from_secs(10));
        assert_eq!(ending, Ending::Answer(expected.to_owned()), "{function}");
    }
}

/// A function that never ends.
const SPINS: &str = r#"(component
    (core module $code (func (export "spin") (loop $again (br $again))))
    (core instance $code (instantiate $code))
    (func (export "spin") (canon lift (core func $code "spin"))))"#;

#[test]
fn a_loop_without_end_ends_at_the_time() {
    let component = wat::parse_str(SPINS).unwrap();
    let ending = ending(&component, "spin", "[]", Duration::from_millis(200));
    assert_eq!(ending, Ending::Limit("time".to_owned()));
}

/// Two memories of so many pages, and a table that is grown by so many elements: the answer is what `table.grow` gave.
fn takes(pages: u32, elements: u32) -> Vec<u8> {
    let source = format!(
        r#"(component
            (core module $memory (memory {pages}))
            (core module $code
                (memory {pages})
                (table $table 0 funcref)
                (func (export "grow") (result i32)
                    (table.grow $table (ref.null func) (i32.const {elements}))))
            (core instance (instantiate $memory))
            (core instance $code (instantiate $code))
            (func (export "grow") (result s32) (canon lift (core func $code "grow"))))"#
    );
    wat::parse_str(source).unwrap()
}

#[test]
fn memories_count_together_and_tables_have_a_ceiling() {
    let grown = |pages, elements| {
        ending(
            &takes(pages, elements),
            "grow",
            "[]",
            Duration::from_secs(10),
        )
    };
    // 512 pages twice are the 64 MiB; 100,000 elements are the default of the host.
    assert_eq!(grown(512, 100_000), Ending::Answer("0".to_owned()));
    assert_eq!(grown(512, 100_001), Ending::Answer("-1".to_owned()));
    assert!(!grown(513, 1).is_orderly());
}
