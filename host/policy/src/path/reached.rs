//! The nodes that a walk has reached: nearly always a handful, so that no decision allocates for them.

const FEW: usize = 8;

/// A set of nodes.
#[derive(Debug, Default)]
pub(super) struct Reached {
    few: [u32; FEW],
    count: usize,
    more: Vec<u32>,
}

impl Reached {
    pub(super) fn push(&mut self, node: u32) {
        match self.few.get_mut(self.count) {
            Some(free) => {
                *free = node;
                self.count += 1;
            }
            None => self.more.push(node),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.few.iter().take(self.count).chain(&self.more).copied()
    }

    pub(super) fn contains(&self, node: u32) -> bool {
        self.iter().any(|reached| reached == node)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn clear(&mut self) {
        self.count = 0;
        self.more.clear();
    }
}
