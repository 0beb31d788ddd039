//! The gate: at each limit and one past it, in turn, and with nothing left behind.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::*;

/// A call at the gate: under way, waiting or refused. It is polled only when a test says so.
struct Caller<'g> {
    future: Pin<Box<dyn Future<Output = Result<Pass, Full>> + 'g>>,
}

impl Caller<'_> {
    fn poll(&mut self) -> Poll<Result<Pass, Full>> {
        self.future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
    }

    #[track_caller]
    fn waits(&mut self) {
        assert!(self.poll().is_pending());
    }

    #[track_caller]
    fn enters(&mut self) -> Pass {
        match self.poll() {
            Poll::Ready(result) => result.unwrap(),
            Poll::Pending => panic!("it waits"),
        }
    }

    #[track_caller]
    fn is_refused(&mut self) -> Full {
        match self.poll() {
            Poll::Ready(result) => result.unwrap_err(),
            Poll::Pending => panic!("it waits"),
        }
    }
}

fn call<'g>(gate: &'g Gate, principal: &'g str, tool: &'g str) -> Caller<'g> {
    Caller {
        // Else tokio would make a poll wait after some hundred in one go.
        future: Box::pin(tokio::task::unconstrained(gate.enter(principal, tool))),
    }
}

/// A call that waits from now on.
#[track_caller]
fn waiting<'g>(gate: &'g Gate, principal: &'g str, tool: &'g str) -> Caller<'g> {
    let mut caller = call(gate, principal, tool);
    caller.waits();
    caller
}

#[track_caller]
fn enter(gate: &Gate, principal: &str, tool: &str) -> Pass {
    call(gate, principal, tool).enters()
}

#[track_caller]
fn refused(gate: &Gate, principal: &str, tool: &str) -> Full {
    call(gate, principal, tool).is_refused()
}

fn lane(concurrency: u32, queue: u32) -> LaneLimits {
    LaneLimits {
        concurrency,
        queue,
        rate: None,
    }
}

fn at_rate(rate: &str) -> LaneLimits {
    LaneLimits {
        rate: Some(rate.parse().unwrap()),
        ..lane(100, 100)
    }
}

fn load(gate: &Gate) -> (u64, u64) {
    let Load { running, queued } = gate.load();
    (running, queued)
}

#[tokio::test]
async fn as_many_as_may_go_and_the_next_one_waits_for_an_end() {
    for (principal, tool) in [(lane(2, 9), lane(9, 9)), (lane(9, 9), lane(2, 9))] {
        let gate = Gate::new(GateLimits::new().principal("a", principal).tool("t", tool));
        let first = enter(&gate, "a", "t");
        let _second = enter(&gate, "a", "t");
        let mut third = waiting(&gate, "a", "t");
        assert_eq!(load(&gate), (2, 1));
        drop(first);
        let _third = third.enters();
        assert_eq!(load(&gate), (2, 0));
    }
}

#[tokio::test]
async fn as_many_as_may_wait_and_the_next_one_is_refused() {
    let limits = GateLimits::new()
        .principal("a", lane(1, 2))
        .tool("t", lane(9, 9));
    let gate = Gate::new(limits);
    let _pass = enter(&gate, "a", "t");
    let _waiting = [waiting(&gate, "a", "t"), waiting(&gate, "a", "t")];
    let full = refused(&gate, "a", "t");
    assert_eq!(
        (full.code(), full.scope(), full.why()),
        ("busy", Scope::Principal, Why::Queue { limit: 2 })
    );
    assert_eq!(
        full.to_string(),
        "2 of your calls wait already, and no more may; let some of them end first; try again in 2 s"
    );
    let limits = GateLimits::new().tool("t", lane(1, 0));
    let gate = Gate::new(limits);
    let _pass = enter(&gate, "a", "t");
    let full = refused(&gate, "a", "t");
    assert_eq!(
        (full.scope(), full.why()),
        (Scope::Tool, Why::Queue { limit: 0 })
    );
    assert_eq!(load(&gate), (1, 0));
}

#[tokio::test]
async fn calls_of_one_principal_go_in_the_order_in_which_they_came() {
    let gate = Gate::new(GateLimits::new().tool("t", lane(1, 9)));
    let mut pass = enter(&gate, "a", "t");
    let mut callers: Vec<Caller<'_>> = (0..5).map(|_| waiting(&gate, "a", "t")).collect();
    while !callers.is_empty() {
        drop(pass);
        pass = callers.remove(0).enters();
        callers.iter_mut().for_each(Caller::waits);
    }
}

#[tokio::test]
async fn principals_take_turns_at_a_tool_however_many_calls_one_of_them_makes() {
    let gate = Gate::new(GateLimits::new().tool("t", lane(1, 9)));
    let mut pass = enter(&gate, "flood", "t");
    let mut flood: Vec<Caller<'_>> = (0..9).map(|_| waiting(&gate, "flood", "t")).collect();
    assert_eq!(refused(&gate, "flood", "t").scope(), Scope::Tool);
    let mut quiet: Vec<Caller<'_>> = (0..2).map(|_| waiting(&gate, "quiet", "t")).collect();
    for who in ["flood", "quiet", "flood", "quiet", "flood", "flood"] {
        drop(pass);
        let line = if who == "flood" {
            &mut flood
        } else {
            &mut quiet
        };
        pass = line.remove(0).enters();
        assert_eq!(pass.principal(), who);
        flood.iter_mut().chain(&mut quiet).for_each(Caller::waits);
    }
}

#[tokio::test]
async fn one_principals_limit_holds_nobody_else_up() {
    let limits = GateLimits::new()
        .principal("slow", lane(1, 9))
        .tool("t", lane(2, 9));
    let gate = Gate::new(limits);
    let _slow = enter(&gate, "slow", "t");
    let mut second = waiting(&gate, "slow", "t");
    let pass = enter(&gate, "other", "t");
    let mut other = waiting(&gate, "other", "t");
    drop(pass);
    let _other = other.enters();
    second.waits();
}

#[tokio::test]
async fn a_place_that_a_principal_gets_back_goes_to_its_oldest_call_that_has_room() {
    let limits = GateLimits::new()
        .principal("a", lane(2, 9))
        .tool("busy", lane(1, 9));
    let gate = Gate::new(limits);
    let first = enter(&gate, "a", "t");
    let _busy = enter(&gate, "a", "busy");
    let mut oldest = waiting(&gate, "a", "busy");
    let mut middle = waiting(&gate, "a", "u");
    let mut newest = waiting(&gate, "a", "t");
    drop(first);
    let middle = middle.enters();
    oldest.waits();
    newest.waits();
    drop(middle);
    let _newest = newest.enters();
    oldest.waits();
}

#[tokio::test]
async fn who_leaves_a_tool_does_not_take_the_turn_of_others_there() {
    let limits = GateLimits::new()
        .principal("flood", lane(1, 9))
        .tool("t", lane(1, 9));
    let gate = Gate::new(limits);
    let first = enter(&gate, "flood", "t");
    let mut again = waiting(&gate, "flood", "t");
    let mut quiet = waiting(&gate, "quiet", "t");
    drop(first);
    let again = again.enters();
    let mut more = waiting(&gate, "flood", "t");
    drop(again);
    let quiet = quiet.enters();
    more.waits();
    drop(quiet);
    drop(more.enters());
}

#[tokio::test]
async fn who_stops_waiting_leaves_no_hole() {
    let gate = Gate::new(GateLimits::new().tool("t", lane(1, 2)));
    let pass = enter(&gate, "a", "t");
    let first = waiting(&gate, "a", "t");
    let mut second = waiting(&gate, "a", "t");
    assert_eq!(load(&gate), (1, 2));
    drop(first);
    assert_eq!(load(&gate), (1, 1));
    let mut third = waiting(&gate, "a", "t");
    drop(pass);
    let pass = second.enters();
    third.waits();
    drop(third);
    drop(pass);
    assert_eq!(load(&gate), (0, 0));
    let _pass = enter(&gate, "a", "t");
}

#[tokio::test]
async fn who_stops_when_its_turn_has_come_hands_it_on() {
    let gate = Gate::new(GateLimits::new().tool("t", lane(1, 2)));
    let pass = enter(&gate, "a", "t");
    let first = waiting(&gate, "a", "t");
    let mut second = waiting(&gate, "b", "t");
    drop(pass);
    // The turn is the first one's, which was not polled since.
    assert_eq!(load(&gate), (1, 1));
    second.waits();
    drop(first);
    drop(second.enters());
    assert_eq!(load(&gate), (0, 0));
}

#[tokio::test]
async fn a_panic_gives_the_place_back() {
    let gate = Gate::new(GateLimits::new().tool("t", lane(1, 0)));
    let inside = gate.clone();
    let task = tokio::spawn(async move {
        let _pass = inside.enter("a", "t").await.unwrap();
        assert_eq!(load(&inside), (1, 0));
        panic!("as a call may");
    });
    assert!(task.await.unwrap_err().is_panic());
    assert_eq!(load(&gate), (0, 0));
    let _pass = enter(&gate, "a", "t");
}

#[tokio::test]
async fn who_waited_as_long_as_may_be_is_refused_and_gone() {
    for (principal, scope) in [(lane(1, 9), Scope::Principal), (lane(9, 9), Scope::Tool)] {
        let limits = GateLimits::new()
            .principal("a", principal)
            .tool("t", lane(1, 9))
            .wait(Duration::ZERO);
        let gate = Gate::new(limits);
        let pass = enter(&gate, "a", "t");
        let full = gate.enter("a", "t").await.unwrap_err();
        let limit = Duration::ZERO;
        assert_eq!(
            (full.code(), full.scope(), full.why()),
            ("busy", scope, Why::Wait { limit })
        );
        assert_eq!(load(&gate), (1, 0));
        drop(pass);
        let _pass = enter(&gate, "a", "t");
    }
}

#[tokio::test]
async fn a_rate_is_the_principals_or_the_tools_and_says_when_to_come_again() {
    let limits = GateLimits::new()
        .principal("a", at_rate("2/h"))
        .tool("t", at_rate("3/h"));
    let gate = Gate::new(limits);
    drop((enter(&gate, "a", "t"), enter(&gate, "a", "t")));
    let full = refused(&gate, "a", "t");
    assert_eq!(
        (full.code(), full.scope()),
        ("rate-limited", Scope::Principal)
    );
    let seconds = full.retry_after_seconds();
    assert!((1_790..=1_800).contains(&seconds), "{seconds}");
    // What was refused did not count: of the tool's three, one is left.
    drop(enter(&gate, "b", "t"));
    let full = refused(&gate, "b", "t");
    assert_eq!((full.code(), full.scope()), ("rate-limited", Scope::Tool));
    assert!(
        full.to_string()
            .starts_with("calls of `t` may begin at 3/h, and that is used up; try again in "),
        "{full}"
    );
    drop(enter(&gate, "b", "u"));
}

#[tokio::test]
async fn what_a_queue_refuses_takes_nothing_of_a_rate() {
    let limits = GateLimits::new()
        .principal("a", at_rate("2/h"))
        .tool("t", lane(1, 0));
    let gate = Gate::new(limits);
    let pass = enter(&gate, "a", "t");
    for _ in 0..5 {
        assert_eq!(refused(&gate, "a", "t").code(), "busy");
    }
    drop(pass);
    drop(enter(&gate, "a", "t"));
    assert_eq!(refused(&gate, "a", "t").code(), "rate-limited");
}

#[tokio::test]
async fn other_limits_let_in_who_has_room_now_and_end_no_call() {
    let gate = Gate::new(GateLimits::new().tool("t", lane(1, 9)));
    let first = enter(&gate, "a", "t");
    let mut second = waiting(&gate, "b", "t");
    let mut third = waiting(&gate, "c", "t");
    gate.apply(GateLimits::new().tool("t", lane(2, 9)));
    let second = second.enters();
    third.waits();
    gate.apply(GateLimits::new().tool("t", lane(1, 9)));
    drop(first);
    third.waits();
    drop(second);
    let _third = third.enters();
    assert_eq!(load(&gate), (1, 0));
}

#[tokio::test]
async fn a_rate_that_was_used_up_stays_so_when_limits_are_put_into_force_again() {
    let limits = GateLimits::new().principal("a", at_rate("1/h"));
    let gate = Gate::new(limits.clone());
    drop(enter(&gate, "a", "t"));
    gate.apply(limits);
    assert_eq!(refused(&gate, "a", "t").code(), "rate-limited");
}

/// Whatever happens in whichever order: never more than may, nothing lost, nobody waiting who could go.
#[tokio::test]
async fn holds_in_thousands_of_random_steps() {
    const PRINCIPALS: [&str; 3] = ["a", "b", "c"];
    const TOOLS: [&str; 2] = ["t", "u"];
    let mut limits = GateLimits::new();
    for name in PRINCIPALS {
        limits = limits.principal(name, lane(2, 5));
    }
    for name in TOOLS {
        limits = limits.tool(name, lane(3, 3));
    }
    let gate = Gate::new(limits);
    let (mut passes, mut callers): (Vec<Pass>, Vec<(&str, &str, Caller<'_>)>) = Default::default();
    // A generator of Lehmer's: the same steps every time.
    let mut seed = 42_u64;
    let mut random = |below: usize| {
        seed = seed * 48_271 % 2_147_483_647;
        usize::try_from(seed).unwrap() % below
    };
    for _ in 0..5_000 {
        match random(4) {
            0 | 1 => {
                let (principal, tool) = (PRINCIPALS[random(3)], TOOLS[random(2)]);
                let mut caller = call(&gate, principal, tool);
                match caller.poll() {
                    Poll::Ready(Ok(pass)) => passes.push(pass),
                    Poll::Ready(Err(full)) => assert_eq!(full.code(), "busy"),
                    Poll::Pending => callers.push((principal, tool, caller)),
                }
            }
            2 if !passes.is_empty() => drop(passes.swap_remove(random(passes.len()))),
            3 if !callers.is_empty() => drop(callers.swap_remove(random(callers.len()))),
            _ => {}
        }
        if random(2) == 0 {
            callers.retain_mut(|(_, _, caller)| match caller.poll() {
                Poll::Ready(result) => {
                    passes.push(result.unwrap());
                    false
                }
                Poll::Pending => true,
            });
            let of = |name: &str| {
                passes
                    .iter()
                    .filter(|pass| pass.principal() == name)
                    .count()
            };
            let at = |name: &str| passes.iter().filter(|pass| pass.tool() == name).count();
            assert!(PRINCIPALS.iter().all(|name| of(name) <= 2));
            assert!(TOOLS.iter().all(|name| at(name) <= 3));
            assert_eq!(load(&gate), (passes.len() as u64, callers.len() as u64));
            for (principal, tool, _) in &callers {
                assert!(of(principal) == 2 || at(tool) == 3, "{principal} {tool}");
            }
        }
    }
    drop((passes, callers));
    assert_eq!(load(&gate), (0, 0));
}
