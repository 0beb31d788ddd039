//! Reaching somebody: over every family of sockets, and through the one socket that is there.

use std::mem::size_of;

use libc::*;

use super::Class::Network;
use super::Needs::{Nothing, Root};
use super::{Attack, Got, attack, done};
use crate::raw::{at, call, into};
use crate::scene::{Scene, c};

/// The one socket.
const OWN: usize = 0;

pub(super) const ATTACKS: &[Attack] = &[
    attack("connect-inet", Network, Nothing, |s| {
        connect(AF_INET, SOCK_STREAM, &inet(s.tcp))
    }),
    attack("connect-inet-multipath", Network, Nothing, |s| {
        // Multipath TCP is a way around rules of TCP alone.
        const MULTIPATH: usize = 262;
        let socket = call(
            SYS_socket,
            &[AF_INET as usize, SOCK_STREAM as usize, MULTIPATH],
        )?;
        connected(socket, &inet(s.tcp))
    }),
    attack("connect-inet6", Network, Nothing, |s| {
        connect(AF_INET6, SOCK_STREAM, &inet6(s.tcp6))
    }),
    attack("send-datagram", Network, Nothing, |s| {
        let socket = socket(AF_INET, SOCK_DGRAM)?;
        let to = inet(s.udp);
        done(call(
            SYS_sendto,
            &[socket, at(b"out"), 3, 0, at(&to), size_of::<sockaddr_in>()],
        ))
    }),
    attack("connect-unix", Network, Nothing, |s| {
        let path = c(&s.unix);
        connect(AF_UNIX, SOCK_STREAM, &unix(path.as_bytes()))
    }),
    attack("connect-abstract", Network, Nothing, |s| {
        let name = [b"\0", s.abstract_name.as_bytes()].concat();
        let socket = socket(AF_UNIX, SOCK_STREAM)?;
        let address = unix(&name);
        done(call(SYS_connect, &[socket, at(&address), 2 + name.len()]))
    }),
    attack("bind-inet", Network, Nothing, |_| {
        let socket = socket(AF_INET, SOCK_STREAM)?;
        done(call(
            SYS_bind,
            &[socket, at(&inet(0)), size_of::<sockaddr_in>()],
        ))
    }),
    attack("listen", Network, Nothing, |_| {
        let socket = socket(AF_INET, SOCK_STREAM)?;
        done(call(SYS_listen, &[socket, 1]))
    }),
    attack("bind-unix", Network, Nothing, |s| {
        let socket = socket(AF_UNIX, SOCK_STREAM)?;
        let mark = s.mark_path();
        done(call(
            SYS_bind,
            &[socket, at(&unix(mark.as_bytes())), size_of::<sockaddr_un>()],
        ))
    }),
    attack("socket-netlink", Network, Nothing, |_| {
        opened(AF_NETLINK, SOCK_RAW)
    }),
    attack("socket-packet", Network, Root, |_| {
        opened(AF_PACKET, SOCK_RAW)
    }),
    attack("socket-raw", Network, Root, |_| {
        done(call(
            SYS_socket,
            &[AF_INET as usize, SOCK_RAW as usize, IPPROTO_ICMP as usize],
        ))
    }),
    attack("socket-vsock", Network, Nothing, |_| {
        opened(AF_VSOCK, SOCK_STREAM)
    }),
    attack("socket-alg", Network, Nothing, |_| {
        opened(AF_ALG, SOCK_SEQPACKET)
    }),
    attack("socket-bluetooth", Network, Nothing, |_| {
        opened(AF_BLUETOOTH, SOCK_RAW)
    }),
    attack("socket-can", Network, Nothing, |_| opened(AF_CAN, SOCK_RAW)),
    attack("socket-tipc", Network, Nothing, |_| {
        opened(AF_TIPC, SOCK_RDM)
    }),
    attack("socket-xdp", Network, Root, |_| opened(AF_XDP, SOCK_RAW)),
    attack("socket-pair", Network, Nothing, |_| {
        let mut pair = [0_i32; 2];
        done(call(
            SYS_socketpair,
            &[AF_UNIX as usize, SOCK_STREAM as usize, 0, into(&mut pair)],
        ))
    }),
    attack("name-another-peer", Network, Nothing, |s| {
        // What a connected socket answers to that is EISCONN: it got there.
        let path = c(&s.unix);
        let to = unix(path.as_bytes());
        let sent = call(
            SYS_sendto,
            &[OWN, at(b""), 0, 0, at(&to), size_of::<sockaddr_un>()],
        );
        super::reached(sent, &[EISCONN, EOPNOTSUPP])
    }),
    attack("name-a-peer-of-a-pair", Network, Nothing, |s| {
        // The peer is of another kind, which it answers: it got there.
        let mut pair = [0_i32; 2];
        call(
            SYS_socketpair,
            &[AF_UNIX as usize, SOCK_DGRAM as usize, 0, into(&mut pair)],
        )?;
        let path = c(&s.unix);
        let to = unix(path.as_bytes());
        let sent = call(
            SYS_sendto,
            &[
                pair[0] as usize,
                at(b"out"),
                3,
                0,
                at(&to),
                size_of::<sockaddr_un>(),
            ],
        );
        super::reached(sent, &[EPROTOTYPE])
    }),
    attack("reconnect-own-socket", Network, Nothing, |s| {
        let path = c(&s.unix);
        let to = unix(path.as_bytes());
        super::reached(
            call(SYS_connect, &[OWN, at(&to), size_of::<sockaddr_un>()]),
            &[EISCONN],
        )
    }),
    attack("accept-on-own-socket", Network, Nothing, |_| {
        super::reached(call(SYS_accept4, &[OWN, 0, 0, 0]), &[EINVAL])
    }),
    attack("set-option", Network, Nothing, |_| {
        let one = 1_i32;
        done(call(
            SYS_setsockopt,
            &[OWN, SOL_SOCKET as usize, SO_PASSCRED as usize, at(&one), 4],
        ))
    }),
    attack("attach-program-to-socket", Network, Nothing, |_| {
        // `BPF_RET | BPF_K`, keep everything.
        let program = [sock_filter {
            code: 6,
            jt: 0,
            jf: 0,
            k: 0xffff,
        }];
        let filter = sock_fprog {
            len: 1,
            filter: program.as_ptr().cast_mut(),
        };
        let size = size_of::<sock_fprog>();
        done(call(
            SYS_setsockopt,
            &[
                OWN,
                SOL_SOCKET as usize,
                SO_ATTACH_FILTER as usize,
                at(&filter),
                size,
            ],
        ))
    }),
    attack("ask-who-the-peer-is", Network, Nothing, |_| {
        let mut peer = [0_u32; 3];
        let mut size = 12_u32;
        let asked = [
            OWN,
            SOL_SOCKET as usize,
            SO_PEERCRED as usize,
            into(&mut peer),
            into(&mut size),
        ];
        done(call(SYS_getsockopt, &asked))
    }),
    attack("descriptor-of-the-peer", Network, Nothing, |_| {
        // `SO_PEERPIDFD`: a descriptor of the process at the other end.
        const PEER_PIDFD: usize = 77;
        let mut peer = 0_i32;
        let mut size = 4_u32;
        done(call(
            SYS_getsockopt,
            &[
                OWN,
                SOL_SOCKET as usize,
                PEER_PIDFD,
                into(&mut peer),
                into(&mut size),
            ],
        ))
    }),
    attack("receive-a-descriptor", Network, Nothing, receive_descriptor),
    attack("send-a-descriptor", Network, Nothing, send_descriptor),
    attack("queue-of-many-messages", Network, Nothing, |_| {
        super::reached(call(SYS_sendmmsg, &[OWN, 0, 1, 0]), &[EFAULT])
    }),
];

fn socket(family: i32, kind: i32) -> Result<usize, i32> {
    call(SYS_socket, &[family as usize, kind as usize, 0])
}

fn opened(family: i32, kind: i32) -> Got {
    // A protocol of 1 is what some of these families want; the others take no other than 0.
    let protocol = usize::from(family == AF_CAN || family == AF_BLUETOOTH);
    done(call(
        SYS_socket,
        &[family as usize, kind as usize, protocol],
    ))
}

fn connect<T>(family: i32, kind: i32, address: &T) -> Got {
    connected(socket(family, kind)?, address)
}

fn connected<T>(socket: usize, address: &T) -> Got {
    done(call(SYS_connect, &[socket, at(address), size_of::<T>()]))
}

fn inet(port: u16) -> sockaddr_in {
    sockaddr_in {
        sin_family: AF_INET as u16,
        sin_port: port.to_be(),
        sin_addr: in_addr {
            s_addr: 0x7f00_0001_u32.to_be(),
        },
        sin_zero: [0; 8],
    }
}

fn inet6(port: u16) -> sockaddr_in6 {
    let mut local = [0; 16];
    local[15] = 1;
    sockaddr_in6 {
        sin6_family: AF_INET6 as u16,
        sin6_port: port.to_be(),
        sin6_flowinfo: 0,
        sin6_addr: in6_addr { s6_addr: local },
        sin6_scope_id: 0,
    }
}

fn unix(name: &[u8]) -> sockaddr_un {
    let mut address = sockaddr_un {
        sun_family: AF_UNIX as u16,
        sun_path: [0; 108],
    };
    for (to, from) in address.sun_path.iter_mut().zip(name) {
        *to = *from as c_char;
    }
    address
}

/// Room for one descriptor beside a message: its header, then the number.
#[repr(C, align(8))]
struct Beside {
    length: usize,
    level: i32,
    kind: i32,
    descriptor: i32,
    padding: i32,
}

impl Beside {
    fn of(descriptor: i32) -> Self {
        Self {
            length: 20,
            level: SOL_SOCKET,
            kind: SCM_RIGHTS,
            descriptor,
            padding: 0,
        }
    }
}

/// `struct msghdr` over one byte and room for one descriptor.
fn message(byte: &mut [u8; 1], parts: &mut [usize; 2], beside: &mut Beside) -> [usize; 7] {
    *parts = [into(byte), 1];
    [0, 0, into(parts), 1, into(beside), size_of::<Beside>(), 0]
}

/// The judge sends the open flag beside the byte `d`.
fn receive_descriptor(_: &Scene) -> Got {
    let (mut byte, mut parts, mut beside) = ([0], [0; 2], Beside::of(-1));
    let mut message = message(&mut byte, &mut parts, &mut beside);
    call(SYS_recvmsg, &[OWN, into(&mut message), 0])?;
    let descriptor = usize::try_from(beside.descriptor).map_err(|_| EMFILE)?;
    let mut bytes = [0_u8; 256];
    let count = call(SYS_pread64, &[descriptor, into(&mut bytes), 256, 0])?;
    let read = bytes.get(..count).unwrap_or_default();
    Ok(String::from_utf8_lossy(read).into_owned())
}

fn send_descriptor(_: &Scene) -> Got {
    let (mut byte, mut parts, mut beside) = ([b' '], [0; 2], Beside::of(0));
    let mut message = message(&mut byte, &mut parts, &mut beside);
    done(call(SYS_sendmsg, &[OWN, into(&mut message), 0]))
}
