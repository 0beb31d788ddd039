//! Trails on a disk that runs full, refuses, or forgets.

use super::*;

/// A disk: what it holds, how much it can hold, and what was asked of it.
#[derive(Default)]
struct Disk {
    bytes: Vec<u8>,
    room: usize,
    refuses: bool,
    unsyncable: bool,
    writes: usize,
    syncs: usize,
    unlinked: bool,
}

impl Disk {
    fn trail(sync: SyncPolicy, room: usize) -> (Trail, Arc<Mutex<Self>>) {
        let disk = Arc::new(Mutex::new(Self {
            room,
            ..Self::default()
        }));
        let options = TrailOptions {
            sync,
            ..TrailOptions::default()
        };
        let trail = Trail::start(None, Box::new(Arc::clone(&disk)), Tail::EMPTY, options).unwrap();
        (trail, disk)
    }
}

impl Sink for Arc<Mutex<Disk>> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.lock().unwrap();
        disk.writes += 1;
        if disk.refuses {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(disk.room - disk.bytes.len());
        disk.bytes.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.lock()
            .unwrap()
            .bytes
            .truncate(length.try_into().unwrap());
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut disk = self.lock().unwrap();
        disk.syncs += 1;
        if disk.unsyncable {
            Err(io::ErrorKind::Other.into())
        } else {
            Ok(())
        }
    }

    fn is_linked(&self) -> io::Result<bool> {
        Ok(!self.lock().unwrap().unlinked)
    }

    fn bytes(&self) -> Option<&[u8]> {
        None
    }
}

#[test]
fn a_record_is_one_write() {
    let (trail, disk) = Disk::trail(SyncPolicy::Never, 1 << 20);
    for _ in 0..10 {
        trail.append(&samples::read("a").into()).unwrap();
    }
    let disk = disk.lock().unwrap();
    assert_eq!((disk.writes, disk.syncs), (11, 0));
}

#[test]
fn a_full_disk_ends_the_trail_at_its_last_whole_record() {
    let (trail, disk) = Disk::trail(SyncPolicy::Never, 1000);
    let read = samples::read("a").into();
    let error = std::iter::repeat_with(|| trail.append(&read))
        .find_map(Result::err)
        .unwrap();
    assert!(matches!(error, AuditError::Short { .. }), "{error:?}");
    let whole = disk.lock().unwrap().bytes.clone();
    assert!(verified(&whole).head.count > 1);
    assert_eq!(verified(&whole).head, trail.head().unwrap());

    // Room again does not help: the trail has a gap now.
    disk.lock().unwrap().room = 1 << 20;
    let error = trail.append(&read).unwrap_err();
    assert!(
        matches!(&error, AuditError::Failed { cause } if cause.starts_with("the audit trail took only")),
        "{error:?}"
    );
    assert!(matches!(trail.close(), Err(AuditError::Failed { .. })));
    drop(trail);
    assert_eq!(disk.lock().unwrap().bytes, whole);
}

#[test]
fn a_write_that_fails_ends_the_trail() {
    let (trail, disk) = Disk::trail(SyncPolicy::Never, 1 << 20);
    disk.lock().unwrap().refuses = true;
    let error = trail.append(&samples::read("a").into()).unwrap_err();
    assert!(matches!(error, AuditError::Write(_)), "{error:?}");
    disk.lock().unwrap().refuses = false;
    assert!(matches!(
        trail.append(&samples::read("a").into()),
        Err(AuditError::Failed { .. })
    ));
    assert_eq!(verified(&disk.lock().unwrap().bytes).head.count, 1);
}

#[test]
fn a_disk_that_cannot_synchronise_ends_the_trail() {
    let (trail, disk) = Disk::trail(SyncPolicy::Commits, 1 << 20);
    disk.lock().unwrap().unsyncable = true;
    trail.append(&samples::read("a").into()).unwrap();
    assert!(matches!(
        trail.append(&samples::call("{}").into()),
        Err(AuditError::Sync(_))
    ));
    assert!(matches!(
        trail.append(&samples::read("a").into()),
        Err(AuditError::Failed { .. })
    ));
}

#[test]
fn the_policy_says_which_records_are_synchronised() {
    let began = || {
        Attempt {
            phase: Phase::Began,
            ..samples::read("a")
        }
        .into()
    };
    let ended = || {
        Attempt {
            phase: Phase::Ended,
            ..samples::read("a")
        }
        .into()
    };
    for (policy, expected) in [
        (SyncPolicy::Never, [0, 0, 0, 0, 0]),
        (SyncPolicy::Commits, [0, 1, 1, 2, 3]),
        (SyncPolicy::Always, [2, 3, 4, 5, 6]),
    ] {
        let (trail, disk) = Disk::trail(policy, 1 << 20);
        let syncs = [
            Some(samples::read("a").into()),
            Some(began()),
            Some(ended()),
            Some(samples::call("{}").into()),
            None,
        ]
        .map(|body: Option<Body<'_>>| {
            match body {
                Some(body) => trail.append(&body).unwrap(),
                None => drop(trail.close().unwrap()),
            }
            disk.lock().unwrap().syncs
        });
        assert_eq!(syncs, expected, "{policy:?}");
    }
}

#[test]
fn a_deleted_file_is_noticed_when_the_call_ends() {
    let (trail, disk) = Disk::trail(SyncPolicy::Never, 1 << 20);
    trail.append(&samples::call("{}").into()).unwrap();
    disk.lock().unwrap().unlinked = true;
    assert!(matches!(
        trail.append(&samples::call("{}").into()),
        Err(AuditError::Deleted)
    ));
    assert!(matches!(
        trail.append(&samples::call("{}").into()),
        Err(AuditError::Failed { .. })
    ));
}
