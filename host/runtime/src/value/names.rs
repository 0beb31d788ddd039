//! A list of named parts in declared order that is also found by name in logarithmic time.

/// Names with what belongs to them, in the order of their declaration.
///
/// A component's author chooses how many names there are and an agent how often they are looked up, so a lookup must not
/// walk the list: a list of enum cases against an enum of thousands would be quadratic work for a few bytes each.
#[derive(Debug, Clone, PartialEq)]
pub struct Named<T> {
    entries: Box<[(Box<str>, T)]>,
    /// Indices into `entries`, sorted by name.
    by_name: Box<[u32]>,
}

impl<T> Named<T> {
    /// Keeps `entries` in their order. Of two entries with one name either may be found; WIT has no such types.
    pub fn new<N: Into<Box<str>>>(entries: impl IntoIterator<Item = (N, T)>) -> Self {
        let entries: Box<[_]> = entries
            .into_iter()
            .map(|(name, part)| (name.into(), part))
            .collect();
        let mut by_name: Vec<(u32, &(Box<str>, T))> = (0..).zip(&entries).collect();
        by_name.sort_by(|(_, (left, _)), (_, (right, _))| left.cmp(right));
        let by_name = by_name.into_iter().map(|(index, _)| index).collect();
        Self { entries, by_name }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Name and part, in declared order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &T)> {
        self.entries.iter().map(|(name, part)| (&**name, part))
    }

    /// The names alone, in declared order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.entries.iter().map(|(name, _)| &**name)
    }

    /// The entry at a position of the declaration.
    pub fn get(&self, index: usize) -> Option<(&str, &T)> {
        self.entries.get(index).map(|(name, part)| (&**name, part))
    }

    /// The entry of a name and its position. `guess` is tried first: who sends fields in declared order pays one comparison each.
    pub fn find(&self, name: &str, guess: usize) -> Option<(usize, &str, &T)> {
        let index = match self.get(guess) {
            Some((known, _)) if known == name => guess,
            Some(_) | None => self.search(name)?,
        };
        self.get(index).map(|(name, part)| (index, name, part))
    }

    fn search(&self, name: &str) -> Option<usize> {
        let name_at = |index: &u32| self.get(*index as usize).map(|(known, _)| known);
        let place = self
            .by_name
            .binary_search_by(|index| name_at(index).cmp(&Some(name)))
            .ok()?;
        self.by_name.get(place).map(|index| *index as usize)
    }
}

impl<N: Into<Box<str>>> FromIterator<N> for Named<()> {
    fn from_iter<I: IntoIterator<Item = N>>(names: I) -> Self {
        Self::new(names.into_iter().map(|name| (name, ())))
    }
}
