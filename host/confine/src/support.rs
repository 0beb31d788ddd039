//! What the running kernel has.

use crate::{ConfineError, Piece, system};

/// What the kernel under this process has, and lets this process use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Support {
    pub(crate) present: Vec<Piece>,
    pub(crate) landlock: u32,
}

impl Support {
    /// Asks the kernel. Nothing about this process changes; whether namespaces can be made is tried out in a child that
    /// ends at once.
    pub fn probe() -> Self {
        system::probe()
    }

    /// Whether a piece is there.
    pub fn has(&self, piece: Piece) -> bool {
        self.present.contains(&piece)
    }

    /// The version of Landlock's interface; 0 where there is none.
    pub fn landlock(&self) -> u32 {
        self.landlock
    }

    /// What is there.
    pub fn present(&self) -> &[Piece] {
        &self.present
    }

    /// What is not.
    pub fn missing(&self) -> Vec<Piece> {
        Piece::ALL
            .into_iter()
            .filter(|piece| !self.has(*piece))
            .collect()
    }

    /// Refuses when a needed piece is missing that nobody allowed to do without.
    ///
    /// # Errors
    /// [`ConfineError::Missing`] with all of them.
    pub fn need(&self, needed: &[Piece], without: &[Piece]) -> Result<(), ConfineError> {
        let missing: Vec<Piece> = needed
            .iter()
            .filter(|piece| !self.has(**piece) && !without.contains(piece))
            .copied()
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(ConfineError::Missing(missing))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_piece_is_refused_by_its_name_unless_it_was_allowed_to_be_missing() {
        let support = Support {
            present: vec![Piece::Seccomp],
            landlock: 0,
        };
        let needed = [Piece::Seccomp, Piece::LandlockFiles, Piece::Capabilities];
        let refused = support.need(&needed, &[]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "this system lacks `landlock-files`, `capabilities`"
        );
        assert!(refused.remedy().unwrap().contains("Landlock, Linux 6.2"));
        let refused = support.need(&needed, &[Piece::LandlockFiles]).unwrap_err();
        assert_eq!(refused.to_string(), "this system lacks `capabilities`");
        let without = [Piece::LandlockFiles, Piece::Capabilities];
        support.need(&needed, &without).unwrap();
        support.need(&[Piece::Seccomp], &[]).unwrap();
    }

    #[test]
    fn every_piece_has_a_word_and_is_shown_once() {
        for piece in Piece::ALL {
            let same = |other: &&Piece| other.word() == piece.word();
            assert_eq!(Piece::ALL.iter().filter(same).count(), 1);
            assert!(!piece.meaning().is_empty());
        }
        let support = Support {
            present: vec![Piece::Seccomp],
            landlock: 0,
        };
        assert_eq!(support.missing().len(), Piece::ALL.len() - 1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_probe_finds_what_every_supported_kernel_has_and_changes_nothing() {
        let before = Support::probe();
        assert!(before.has(Piece::Seccomp), "{before:?}");
        assert!(before.has(Piece::NoNewPrivileges));
        assert!(before.has(Piece::Capabilities));
        assert_eq!(before.has(Piece::LandlockFiles), before.landlock() >= 3);
        assert_eq!(Support::probe(), before);
    }
}
