# The same script as a plain program does it: no sandbox of its own, only what its surroundings take away.
import http.client, json, os, socket, struct, sys, urllib.parse, urllib.request

job = json.load(sys.stdin)
os.chdir(job["root"])
out = sys.stdout.buffer


def resolve(name, kind):
    query = struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0)
    query += b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0" + struct.pack(">HH", kind, 1)
    asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    asking.settimeout(2)
    asking.sendto(query, (job["resolver"].split(":")[0], 53))
    answer = asking.recv(4096)
    at, found = len(query), []
    for _ in range(struct.unpack(">H", answer[6:8])[0]):
        length = struct.unpack(">H", answer[at + 10:at + 12])[0]
        family = socket.AF_INET if length == 4 else socket.AF_INET6
        found.append(socket.inet_ntop(family, answer[at + 12:at + 12 + length]))
        at += 12 + length
    return found


system = socket.getaddrinfo


def looked_up(host, port, *more, **named):
    if job.get("resolver") and isinstance(host, str) and any(letter.isalpha() for letter in host) and ":" not in host:
        addresses = resolve(host, 1) + resolve(host, 28)
        return [entry for address in addresses for entry in system(address, port, *more, **named)]
    return system(host, port, *more, **named)


socket.getaddrinfo = looked_up


def send(method, url, headers=(), body=None):
    request = urllib.request.Request(url, method=method, data=body)
    for name, value in headers:
        request.add_header(name, value)
    return urllib.request.urlopen(request, timeout=10)


def do(op):
    kind, *words = op
    if kind == "Read":
        out.write(open(words[0], "rb").read())
    elif kind == "ReadRange":
        with open(words[0], "rb") as file:
            file.seek(words[1])
            out.write(file.read(words[2]))
    elif kind == "Open":
        with open(words[0], "rb") as file:
            file.seek(words[1])
            for _ in range(words[2]):
                out.write(file.read(65536))
    elif kind == "Write":
        open(words[0], "wb").write(words[1].encode())
    elif kind == "Create":
        file = open(words[0], "wb", buffering=0)
        file.write(words[1].encode())
        if words[2] == "trap":
            os.abort()
        while words[2] == "spin":
            pass
    elif kind == "List":
        out.write("\n".join(os.listdir(words[0] or ".")).encode())
    elif kind == "Get":
        out.write(send("GET", words[0]).read())
    elif kind == "Stream":
        answer = send("GET", words[0])
        for _ in range(words[1]):
            out.write(answer.read(65536))
    elif kind == "Send":
        method, url, headers, body = words
        out.write(send(method, url, headers, None if body is None else body.encode()).read())
    elif kind == "Log":
        print(words[0], file=sys.stderr)
    elif kind == "Repeat":
        for _ in range(words[0]):
            for inner in words[1]:
                attempt(inner)


def attempt(op):
    try:
        do(op)
    except (OSError, ValueError, http.client.HTTPException) as error:
        out.write(type(error).__name__.encode() + b"\n")


for op in job["script"]:
    attempt(op)
    out.flush()
