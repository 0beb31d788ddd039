//! What a call's instance may take of the host's memory, counted while it grows.

use bailiwick_policy::{Limit, Limits};
use wasmtime::ResourceLimiter;

/// Memories and tables in one call. They cost address space even when they are empty; a component has one or two.
const MEMORIES_MAX: usize = 16;
const TABLES_MAX: usize = 64;

/// Counts memory and tables of one call together, over all its instances.
///
/// A refused growth is not a trap: the guest gets −1, as from any machine that is out of memory, and can go on. If it
/// gives up instead, which most runtimes do with a trap, the call is reported as having reached the limit.
#[derive(Debug)]
pub struct Limiter {
    memory_max: u64,
    table_elements_max: u64,
    instances_max: usize,
    memory: u64,
    table_elements: u64,
    peak_memory: u64,
    refused: Option<Limit>,
}

impl Limiter {
    /// Counts up to these limits' memory, tables and instances.
    pub fn new(limits: &Limits) -> Self {
        Self {
            memory_max: limits.memory,
            table_elements_max: limits.table_elements,
            instances_max: usize::try_from(limits.instances).unwrap_or(usize::MAX),
            memory: 0,
            table_elements: 0,
            peak_memory: 0,
            refused: None,
        }
    }

    /// The most bytes of linear memory that there were at once.
    pub fn peak_memory(&self) -> u64 {
        self.peak_memory
    }

    /// The limit that a growth was refused for, if one was.
    pub fn refused(&self) -> Option<Limit> {
        self.refused
    }

    /// Bytes of memory that may still be taken.
    pub(crate) fn memory_left(&self) -> u64 {
        self.memory_max.saturating_sub(self.memory)
    }

    /// Elements of tables that may still be taken.
    pub(crate) fn table_elements_left(&self) -> u64 {
        self.table_elements_max.saturating_sub(self.table_elements)
    }

    fn refuse(&mut self, limit: Limit) -> wasmtime::Result<bool> {
        self.refused = Some(limit);
        Ok(false)
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = self
            .memory
            .saturating_add((desired.saturating_sub(current)) as u64);
        if total > self.memory_max {
            return self.refuse(Limit::Memory);
        }
        if maximum.is_none_or(|maximum| desired <= maximum) {
            self.memory = total;
            self.peak_memory = self.peak_memory.max(total);
        }
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = self
            .table_elements
            .saturating_add((desired.saturating_sub(current)) as u64);
        if total > self.table_elements_max {
            return self.refuse(Limit::TableElements);
        }
        if maximum.is_none_or(|maximum| desired <= maximum) {
            self.table_elements = total;
        }
        Ok(true)
    }

    fn instances(&self) -> usize {
        self.instances_max
    }

    fn tables(&self) -> usize {
        TABLES_MAX
    }

    fn memories(&self) -> usize {
        MEMORIES_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(memory: u64) -> Limiter {
        Limiter::new(&Limits {
            memory,
            table_elements: 10,
            ..Limits::default()
        })
    }

    #[test]
    fn counts_all_memories_together_up_to_the_limit_and_not_one_page_past() {
        let mut limiter = limiter(3 << 16);
        assert!(limiter.memory_growing(0, 2 << 16, None).unwrap());
        assert!(limiter.memory_growing(0, 1 << 16, None).unwrap());
        assert_eq!(limiter.refused(), None);
        assert!(!limiter.memory_growing(1 << 16, 2 << 16, None).unwrap());
        assert_eq!(limiter.refused(), Some(Limit::Memory));
        assert_eq!(limiter.peak_memory(), 3 << 16);
    }

    #[test]
    fn counts_tables_up_to_the_limit_and_not_one_past() {
        let mut limiter = limiter(0);
        assert!(limiter.table_growing(0, 10, None).unwrap());
        assert!(!limiter.table_growing(10, 11, None).unwrap());
        assert_eq!(limiter.refused(), Some(Limit::TableElements));
    }

    #[test]
    fn does_not_count_what_the_memory_itself_refuses() {
        let mut limiter = limiter(10 << 16);
        assert!(limiter.memory_growing(0, 4 << 16, Some(2 << 16)).unwrap());
        assert_eq!(limiter.peak_memory(), 0);
    }
}
