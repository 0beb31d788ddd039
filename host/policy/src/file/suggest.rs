//! "Did you mean": the known word that is nearest to an unknown one.

/// The nearest known word, if one is near enough to be meant.
#[must_use]
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let normal = word.to_lowercase().replace('_', "-");
    let (distance, nearest) = known
        .map(|candidate| (distance(&normal, candidate), candidate))
        .min_by_key(|(d, _)| *d)?;
    let near = distance <= (normal.chars().count() / 3).max(1);
    let begins = normal.len() >= 3 && (nearest.starts_with(&normal) || normal.starts_with(nearest));
    (near || begins).then_some(nearest)
}

/// How many characters have to be added, left out or replaced. Long words are not compared: they were not mistyped.
fn distance(one: &str, other: &str) -> usize {
    const CHARACTERS_MAX: usize = 64;
    if one.chars().count() > CHARACTERS_MAX {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (line, left) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row, vec![line + 1]).into_iter();
        let mut corner = diagonal.next().unwrap_or(line);
        for (above, right) in diagonal.zip(other.chars()) {
            let before = row.last().copied().unwrap_or(line + 1);
            let replaced = corner + usize::from(left != right);
            row.push(replaced.min(above + 1).min(before + 1));
            corner = above;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}
