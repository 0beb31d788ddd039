//! What generated bindings expect of a type that they did not generate: a tool's own bindings name ours through `with`.
//!
//! These functions are hidden, as they are in what is generated: they are for generated code and for nobody else.

/// For an enum, in the order of its cases.
macro_rules! impl_lift {
    ($name:ident { $($case:ident),* }) => {
        #[expect(unsafe_code, reason = "generated code calls it as unsafe; there is nothing unsafe in it")]
        impl $name {
            #[doc(hidden)]
            pub unsafe fn _lift(number: u8) -> Self {
                let cases = [$(Self::$case),*];
                match cases.get(usize::from(number)) {
                    Some(case) => *case,
                    None => panic!("`{}` has no case {number}", stringify!($name)),
                }
            }
        }
    };
}

/// For a handle: `$make` makes it of the generated one, which its field `raw` is.
macro_rules! impl_handle {
    ($handle:ident, $raw:ty, $make:expr) => {
        #[expect(
            unsafe_code,
            reason = "a number becomes a handle; generated code has it from the host"
        )]
        impl $handle {
            #[doc(hidden)]
            pub unsafe fn from_handle(handle: u32) -> Self {
                // SAFETY: the caller's promise is the same.
                $make(unsafe { <$raw>::from_handle(handle) })
            }

            #[doc(hidden)]
            pub fn take_handle(&self) -> u32 {
                self.raw.take_handle()
            }

            #[doc(hidden)]
            pub fn handle(&self) -> u32 {
                self.raw.handle()
            }
        }
    };
}

/// For errors of one capability: a sentence becomes the tool's error where the tool's error is a string, and an error of
/// `std::io` that carries one of ours becomes that one again.
macro_rules! impl_conversions {
    ($error:ident, $kind:expr) => {
        impl std::error::Error for $error {}

        impl From<$error> for String {
            fn from(error: $error) -> Self {
                error.to_string()
            }
        }

        impl From<$error> for std::io::Error {
            fn from(error: $error) -> Self {
                let kind: fn(&$error) -> std::io::ErrorKind = $kind;
                Self::new(kind(&error), error)
            }
        }

        impl From<std::io::Error> for $error {
            fn from(error: std::io::Error) -> Self {
                match error.downcast::<Self>() {
                    Ok(error) => error,
                    Err(error) => Self::Other(error.to_string()),
                }
            }
        }
    };
}

pub(crate) use {impl_conversions, impl_handle, impl_lift};
