//! Two kernels that the host runs natively and the guest in WebAssembly: the same source on both sides.

/// How many primes are below `numbers`: integers and memory.
pub(crate) fn sieve(numbers: u32) -> u32 {
    let mut composite = vec![false; numbers as usize];
    let mut primes = 0;
    for number in 2..numbers as usize {
        if composite.get(number).copied().unwrap_or(true) {
            continue;
        }
        primes += 1;
        for multiple in composite.iter_mut().skip(number * 2).step_by(number) {
            *multiple = true;
        }
    }
    primes
}

/// Where a body ends after so many steps around another: floating point.
pub(crate) fn orbit(steps: u32) -> f64 {
    let (mut x, mut y, mut across, mut up) = (1.0_f64, 0.0_f64, 0.0_f64, 0.7_f64);
    let step = 0.001;
    for _ in 0..steps {
        let squared = x * x + y * y;
        let pull = step / (squared * squared.sqrt());
        across -= x * pull;
        up -= y * pull;
        x += across * step;
        y += up * step;
    }
    x + y
}
