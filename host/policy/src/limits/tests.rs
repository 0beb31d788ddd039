//! The table fits the types, and quantities are read as people write them.

use super::*;

#[test]
fn the_table_is_in_the_order_of_the_enum_and_consistent() {
    for (place, row) in Limits::TABLE.iter().enumerate() {
        assert_eq!(row.limit as usize, place, "{}", row.key);
        assert_eq!(Limit::from_key(row.key), Some(row.limit));
        assert!(
            row.minimum <= row.default && row.default <= row.maximum,
            "{}",
            row.key
        );
        assert!(!row.why.is_empty());
        assert_eq!(Limits::default().get(row.limit), row.default, "{}", row.key);
    }
}

#[test]
fn every_limit_can_be_set_to_its_edges_and_no_further() {
    for row in Limits::TABLE.iter().filter(|row| !row.fixed) {
        let mut settings = LimitSettings::new();
        for number in [row.minimum, row.maximum] {
            settings.set_number(row.limit, number).unwrap();
            assert_eq!(
                Limits::default().with(&settings).get(row.limit),
                number,
                "{}",
                row.key
            );
            settings.set(row.limit, &row.format(number)).unwrap();
            assert_eq!(
                Limits::default().with(&settings).get(row.limit),
                number,
                "{}",
                row.key
            );
        }
        assert!(matches!(
            settings.set_number(row.limit, row.maximum + 1),
            Err(LimitError::AboveMaximum { .. })
        ));
        if let Some(below) = row.minimum.checked_sub(1) {
            assert!(matches!(
                settings.set_number(row.limit, below),
                Err(LimitError::BelowMinimum { .. })
            ));
        }
    }
}

#[test]
fn fixed_limits_cannot_be_set() {
    for limit in [Limit::Stack, Limit::Redirects] {
        let number = limit.row().default;
        assert!(matches!(
            LimitSettings::new().set_number(limit, number),
            Err(LimitError::Fixed { .. })
        ));
    }
}

#[test]
fn narrowing_never_raises_a_limit() {
    let mut settings = LimitSettings::new();
    settings.set(Limit::Memory, "1 GiB").unwrap();
    settings.set(Limit::Time, "1 s").unwrap();
    let narrowed = Limits::default().narrowed(&settings);
    assert_eq!(narrowed.memory, Limits::default().memory);
    assert_eq!(narrowed.time, Duration::from_secs(1));
    assert_eq!(Limits::default().with(&settings).memory, 1 << 30);
}

#[test]
fn reads_sizes_and_durations() {
    let sizes = [
        ("64 MiB", 64 << 20),
        ("64MiB", 64 << 20),
        ("1 KiB", 1024),
        ("10 B", 10),
        ("5 MB", 5_000_000),
        ("2 kB", 2000),
        ("1_000 B", 1000),
        ("0 B", 0),
    ];
    for (text, bytes) in sizes {
        assert_eq!(parse_bytes(text), Ok(bytes), "{text}");
    }
    let durations = [
        ("5 s", 5_000),
        ("500 ms", 500),
        ("2 min", 120_000),
        ("1h", 3_600_000),
    ];
    for (text, milliseconds) in durations {
        assert_eq!(
            parse_duration(text),
            Ok(Duration::from_millis(milliseconds)),
            "{text}"
        );
    }
    for text in [
        "",
        "64",
        "MiB",
        "-1 B",
        "1.5 MiB",
        "64  MiB",
        "64 mib",
        "64 Mib",
        "64 MiB ",
        "18446744073709551616 B",
        "20000000 TiB",
        "_1 B",
        "５ B",
    ] {
        assert!(parse_bytes(text).is_err(), "{text:?}");
    }
    for text in ["5", "s", "5 S", "5 sec", "-5 s", "5 m"] {
        assert!(parse_duration(text).is_err(), "{text:?}");
    }
}

#[test]
fn what_is_written_reads_back() {
    for bytes in [
        0,
        1,
        1023,
        1024,
        1025,
        1 << 20,
        3 << 30,
        5_000_000,
        u64::MAX,
    ] {
        assert_eq!(parse_bytes(&format_bytes(bytes)), Ok(bytes));
    }
    for milliseconds in [0, 1, 999, 1000, 60_000, 61_000, 3_600_000] {
        let duration = Duration::from_millis(milliseconds);
        assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
    }
    assert_eq!(
        (
            format_bytes(64 << 20),
            format_duration(Duration::from_secs(10))
        ),
        ("64 MiB".to_owned(), "10 s".to_owned())
    );
}
