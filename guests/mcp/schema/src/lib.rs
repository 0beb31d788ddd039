//! The diagnostic tool whose arguments have every shape that a schema has to say.

use exports::diagnostic::schema::answer::{Address, Contact, Guest};

wit_bindgen::generate!({
    path: ["wit"],
    world: "diagnostic:schema/schema",
    generate_all,
});

struct Diagnostic;

export!(Diagnostic);

impl Guest for Diagnostic {
    fn answer(name: Option<String>, address: Option<Address>, contact: Option<Contact>) -> String {
        let name = name.unwrap_or_else(|| "somebody".to_owned());
        let lives = match address {
            Some(Address {
                street,
                city: Some(city),
            }) => format!(" of {street}, {city}"),
            Some(Address { street, city: None }) => format!(" of {street}"),
            None => String::new(),
        };
        let reached = match contact {
            Some(Contact::Phone(number)) => format!(", by telephone {number}"),
            Some(Contact::Email(address)) => format!(", by mail to {address}"),
            None => String::new(),
        };
        format!("{name}{lives}{reached}")
    }
}
