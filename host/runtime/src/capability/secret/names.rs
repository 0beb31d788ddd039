//! The secrets that a guest has named: what its handles stand for, each name once.

use crate::waist::Failure;

/// The names of one call's secrets, by the numbers that the guest's handles hold. They stay on its side of the waist, for they have no authority.
#[derive(Debug, Default)]
pub(crate) struct Names(Vec<String>);

impl Names {
    /// The number of a name. There are no more of them than the policy has secrets, since each was permitted.
    pub(super) fn number(&mut self, name: String) -> Result<u32, Failure> {
        let place = match self.0.iter().position(|known| *known == name) {
            Some(place) => place,
            None => {
                self.0.push(name);
                self.0.len() - 1
            }
        };
        u32::try_from(place).map_err(|error| Failure::Fault(error.to_string()))
    }

    /// The name of a number.
    pub(super) fn name(&self, number: u32) -> Result<&str, Failure> {
        let place = usize::try_from(number).ok();
        let name = place.and_then(|place| self.0.get(place));
        // The component model hands out only numbers of open handles.
        name.map(String::as_str)
            .ok_or_else(|| Failure::Fault("a named secret is not there".to_owned()))
    }
}
