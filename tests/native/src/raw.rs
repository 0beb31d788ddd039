//! Bare system calls, without anything between.

#![expect(unsafe_code, reason = "hostile code asks the kernel directly")]

/// What a call answered, or the number of the error.
pub(crate) type Answer = Result<usize, i32>;

/// Makes a system call. Pointers among the arguments must lead to memory that lives and is large enough; an attack sees
/// to that itself.
pub(crate) fn call(number: i64, arguments: &[usize]) -> Answer {
    let argument = |index: usize| arguments.get(index).copied().unwrap_or(0);
    // SAFETY: see above. Every attack has a process of its own, which ends with it.
    let answer = unsafe {
        libc::syscall(
            number,
            argument(0),
            argument(1),
            argument(2),
            argument(3),
            argument(4),
            argument(5),
        )
    };
    match usize::try_from(answer) {
        Ok(answer) => Ok(answer),
        Err(_) => Err(std::io::Error::last_os_error().raw_os_error().unwrap_or(0)),
    }
}

/// Ends a process that an attack began, at once.
pub(crate) fn end() -> ! {
    // SAFETY: ends the process and runs nothing else.
    unsafe { libc::_exit(0) }
}

/// The address of something, as an argument.
pub(crate) fn at<T: ?Sized>(thing: &T) -> usize {
    std::ptr::from_ref(thing).cast::<u8>() as usize
}

/// The address of something that the call writes to, as an argument.
pub(crate) fn into<T: ?Sized>(thing: &mut T) -> usize {
    std::ptr::from_mut(thing).cast::<u8>() as usize
}

/// A negative number, as the low half of an argument.
pub(crate) const fn negative(number: i32) -> usize {
    number as isize as usize
}

/// The folder that a process is in, where a call wants a descriptor.
pub(crate) const HERE: usize = negative(libc::AT_FDCWD);
